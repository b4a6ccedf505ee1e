package dev.longshore.watcher.sender;

import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.longshore.oci.ForeignJson;
import dev.longshore.watcher.sender.NotUnderstoodException.Reason;
import java.io.IOException;
import java.util.Base64;

/** JSON of a sender, read within limits; fields of another type count as absent. */
final class Payload {
  /** The largest documented ones, of GitHub, have some 100 KB. */
  private static final int MAX_BYTES = 1 << 20;

  /** A tree of so many takes some 10 MB. */
  private static final long MAX_TOKENS = 100_000;

  private static final int MAX_DEPTH = 64;

  /** Characters of foreign text that an error repeats. */
  private static final int SHOWN = 60;

  static final JsonMapper JSON =
      JsonMapper.builder(
              ForeignJson.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxTokenCount(MAX_TOKENS)
                          .maxNestingDepth(MAX_DEPTH)
                          .build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private Payload() {}

  /** The body of a delivery. */
  static JsonNode of(Delivery delivery) throws NotUnderstoodException {
    if (delivery.mediaType().equals("application/x-www-form-urlencoded")) {
      throw new NotUnderstoodException(
          Reason.BODY,
          "the body is a form (expected: content type application/json at the sender)");
    }
    return of(delivery.body());
  }

  static JsonNode of(byte[] body) throws NotUnderstoodException {
    if (body.length > MAX_BYTES) {
      throw new NotUnderstoodException(
          Reason.BODY,
          "the body has " + body.length + " bytes (expected: at most " + MAX_BYTES + ")");
    }
    try {
      return JSON.readTree(body);
    } catch (IOException e) {
      throw new NotUnderstoodException(
          Reason.BODY, "the body is no JSON, or too deep or too long: " + where(e), e);
    }
  }

  /** The JSON in a base64 text. */
  static JsonNode ofBase64(String text) throws NotUnderstoodException {
    try {
      return of(Base64.getMimeDecoder().decode(text));
    } catch (IllegalArgumentException e) {
      throw new NotUnderstoodException(Reason.BODY, "the wrapped body is no base64", e);
    }
  }

  /** Only its place: the message itself repeats the body. */
  private static String where(IOException e) {
    return e instanceof com.fasterxml.jackson.core.JsonProcessingException json
            && json.getLocation() != null
        ? json.getClass().getSimpleName() + " at byte " + json.getLocation().getByteOffset()
        : e.getClass().getSimpleName();
  }

  /** A text field; empty if it is absent or of another type. */
  static String text(JsonNode node, String field) {
    return node.path(field).asText("");
  }

  /** A foreign text for an error. */
  static String shown(String text) {
    String visible = text.replaceAll("[^ -~]", "?");
    return "'" + (visible.length() > SHOWN ? visible.substring(0, SHOWN) + "..." : visible) + "'";
  }
}
