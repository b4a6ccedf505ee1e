package dev.longshore.catalog;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * What a record of topic {@code retry} says in its headers, besides those of the event that is
 * parked in it. A record without value says that the key's work at the stage goes on: of its
 * headers only the stage matters.
 *
 * @param stage observe, convert or pin
 * @param endpoint what is away, such as {@code registry localhost:5055}
 * @param message what was tried, on what, what came back, what to do
 * @param attempt tries so far, 1 after the first
 * @param parkedAt the service's clock
 * @param nextTryAt when it is tried again at the latest
 */
public record ParkedHeaders(
    String stage,
    String endpoint,
    String message,
    int attempt,
    Instant parkedAt,
    Instant nextTryAt) {

  private static final String PREFIX = "longshore-retry-";

  /** Longest message that is written, in characters: a header is read by every consumer. */
  private static final int MESSAGE_LIMIT = 2048;

  /** Adds the headers to those of the event. */
  public void addTo(Headers headers) {
    put(headers, "stage", stage);
    put(headers, "endpoint", endpoint);
    put(headers, "message", message.substring(0, Math.min(message.length(), MESSAGE_LIMIT)));
    put(headers, "attempt", Integer.toString(attempt));
    put(headers, "parked-at", parkedAt.toString());
    put(headers, "next-try-at", nextTryAt.toString());
  }

  /** Adds the headers of a record without value: the key's work at this stage goes on. */
  public static void addOver(Headers headers, String stage) {
    put(headers, "stage", stage);
  }

  /** Reads the headers of a record with a value; none if they are not whole. */
  public static Optional<ParkedHeaders> read(Headers headers) {
    String stage = get(headers, "stage");
    String endpoint = get(headers, "endpoint");
    String message = get(headers, "message");
    String attempt = get(headers, "attempt");
    String parkedAt = get(headers, "parked-at");
    String nextTryAt = get(headers, "next-try-at");
    if (stage == null
        || endpoint == null
        || message == null
        || attempt == null
        || parkedAt == null
        || nextTryAt == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new ParkedHeaders(
              stage,
              endpoint,
              message,
              Integer.parseInt(attempt),
              Instant.parse(parkedAt),
              Instant.parse(nextTryAt)));
    } catch (NumberFormatException | DateTimeException e) {
      return Optional.empty();
    }
  }

  /** The stage of a record without value. */
  public static Optional<String> readOver(Headers headers) {
    return Optional.ofNullable(get(headers, "stage"));
  }

  private static void put(Headers headers, String name, String value) {
    headers.remove(PREFIX + name);
    headers.add(PREFIX + name, value.getBytes(StandardCharsets.UTF_8));
  }

  private static @Nullable String get(Headers headers, String name) {
    Header header = headers.lastHeader(PREFIX + name);
    return header == null || header.value() == null
        ? null
        : new String(header.value(), StandardCharsets.UTF_8);
  }
}
