package dev.longshore.watcher.sender;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.longshore.events.UtcTime;
import dev.longshore.oci.ForeignJson;
import dev.longshore.watcher.sender.NotUnderstoodException.Reason;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** JSON of a sender, read within limits; fields of another type count as absent. */
final class Payload {
  /** The largest documented ones, of GitHub, have some 100 KB. */
  private static final int MAX_BYTES = 1 << 20;

  /** A tree of so many takes some 10 MB. */
  private static final long MAX_TOKENS = 100_000;

  private static final int MAX_DEPTH = 64;

  /** Characters of foreign text that an error repeats. */
  private static final int SHOWN = 60;

  /** No registry told of a push before; one without a clock may say so. */
  private static final Instant EARLIEST = Instant.parse("2000-01-01T00:00:00Z");

  private static final Instant LATEST = Instant.parse("2200-01-01T00:00:00Z");

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
      JsonNode read = JSON.readTree(body);
      if (read.isMissingNode()) {
        throw new NotUnderstoodException(Reason.BODY, "the body is empty");
      }
      return read;
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
    return e instanceof JsonProcessingException json && json.getLocation() != null
        ? json.getClass().getSimpleName() + " at byte " + json.getLocation().getByteOffset()
        : e.getClass().getSimpleName();
  }

  /** A text field; empty if it is absent or of another type. */
  static String text(JsonNode node, String field) {
    return node.path(field).asText("");
  }

  /** A time, as RFC 3339 or in seconds since 1970; null if it is absent, or none that can be. */
  static @Nullable Instant time(JsonNode node, String field) {
    JsonNode value = node.path(field);
    try {
      Instant time =
          value.isNumber() ? Instant.ofEpochSecond(value.asLong()) : time(value.asText(""));
      return time.isAfter(EARLIEST) && time.isBefore(LATEST) ? time : null;
    } catch (DateTimeException e) {
      return null;
    }
  }

  private static Instant time(String text) {
    return UtcTime.read(text).orElseGet(() -> OffsetDateTime.parse(text).toInstant());
  }

  /** A foreign text for an error. */
  static String shown(String text) {
    String visible = text.replaceAll("[^ -~]", "?");
    return "'" + (visible.length() > SHOWN ? visible.substring(0, SHOWN) + "..." : visible) + "'";
  }
}
