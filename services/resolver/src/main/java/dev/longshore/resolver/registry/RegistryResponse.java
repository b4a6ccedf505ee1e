package dev.longshore.resolver.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The response to a client.
 *
 * @param headers all but Content-Length, which comes from the body
 */
public record RegistryResponse(int status, Map<String, String> headers, Body body) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String JSON_TYPE = "application/json";

  public RegistryResponse {
    headers = Map.copyOf(headers);
  }

  static RegistryResponse of(int status, Map<String, String> headers, Body body) {
    return new RegistryResponse(status, headers, body);
  }

  /** A response with a JSON document. */
  static RegistryResponse json(int status, Map<String, ?> document) {
    try {
      return new RegistryResponse(
          status,
          Map.of("Content-Type", JSON_TYPE),
          new Body.Bytes(JSON.writeValueAsBytes(document)));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a document of maps, lists and texts is always JSON", e);
    }
  }

  static RegistryResponse error(OciError error) {
    byte[] body = errorJson(error.code().name(), error.message()).getBytes(StandardCharsets.UTF_8);
    return new RegistryResponse(
        error.status(), Map.of("Content-Type", JSON_TYPE), new Body.Bytes(body));
  }

  /** The specification's body of an error. */
  static String errorJson(String code, String message) {
    ObjectNode document = JSON.createObjectNode();
    document.putArray("errors").addObject().put("code", code).put("message", message);
    return document.toString();
  }

  RegistryResponse with(String header, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(header, value);
    return new RegistryResponse(status, more, body);
  }

  /** The same without its body, for HEAD. */
  RegistryResponse withoutBody() {
    return new RegistryResponse(status, headers, new Body.Announced(body.length()));
  }
}
