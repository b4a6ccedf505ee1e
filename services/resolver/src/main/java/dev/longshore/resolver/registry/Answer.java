package dev.longshore.resolver.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a client gets.
 *
 * @param headers all but Content-Length, which the body's length is
 */
public record Answer(int status, Map<String, String> headers, Body body) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String JSON_TYPE = "application/json";

  public Answer {
    headers = Map.copyOf(headers);
  }

  static Answer of(int status, Map<String, String> headers, Body body) {
    return new Answer(status, headers, body);
  }

  /** An answer of a JSON document. */
  static Answer json(int status, Map<String, ?> document) {
    return json(status, JSON_TYPE, document);
  }

  static Answer json(int status, String type, Map<String, ?> document) {
    try {
      return new Answer(
          status, Map.of("Content-Type", type), new Body.Bytes(JSON.writeValueAsBytes(document)));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a document of maps, lists and texts is always JSON", e);
    }
  }

  static Answer error(OciError error) {
    Map<String, Object> one = new LinkedHashMap<>();
    one.put("code", error.code().name());
    one.put("message", error.message());
    return json(error.status(), Map.of("errors", List.of(one)));
  }

  Answer with(String header, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(header, value);
    return new Answer(status, more, body);
  }

  /** The same without its body, as HEAD is answered. */
  Answer withoutBody() {
    return new Answer(status, headers, new Body.Announced(body.length()));
  }
}
