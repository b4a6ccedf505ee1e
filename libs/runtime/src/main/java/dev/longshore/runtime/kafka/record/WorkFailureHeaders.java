package dev.longshore.runtime.kafka.record;

import dev.longshore.catalog.WorkFailure;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * The headers of a record in topic {@code retry}, apart from those of the parked event; UTF-8. A
 * record without value only updates an already parked event: another try found the endpoint away
 * or, with the stage alone, the work goes on.
 */
public final class WorkFailureHeaders {
  /** observe, convert or pin. */
  public static final String STAGE = "longshore_stage";

  /** The endpoint that is away, such as {@code registry localhost:5055}. */
  public static final String ENDPOINT = "longshore_endpoint";

  /** Number of the try, from 1. */
  public static final String ATTEMPT = "longshore_attempt";

  /** What was tried, on what, and the answer. */
  public static final String CAUSE = "longshore_cause";

  /** Time of the next try of the endpoint, ISO 8601, by the service's clock. */
  public static final String NEXT_TRY = "longshore_next_try";

  private WorkFailureHeaders() {}

  /** Adds the header of a record without value that reports that the work goes on. */
  public static void addOver(Headers headers, String stage) {
    headers.add(STAGE, stage.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Reads a record of topic {@code retry}.
   *
   * @param parked whether the record has a value
   * @return empty if headers are missing
   */
  public static Optional<WorkFailure> read(
      String key, Headers headers, boolean parked, Instant appendedAt) {
    String stage = text(headers, STAGE);
    if (stage == null) {
      return Optional.empty();
    }
    String endpoint = text(headers, ENDPOINT);
    if (!parked && endpoint == null) {
      return Optional.of(
          new WorkFailure(
              key, stage, WorkFailure.Kind.OVER, "OVER", null, "", 0, appendedAt, null));
    }
    String cause = text(headers, CAUSE);
    int attempt = number(text(headers, ATTEMPT));
    if (endpoint == null || cause == null || attempt < 1) {
      return Optional.empty();
    }
    return Optional.of(
        new WorkFailure(
            key,
            stage,
            WorkFailure.Kind.TRANSIENT,
            WorkFailure.TRANSIENT,
            endpoint,
            cause,
            attempt,
            appendedAt,
            time(text(headers, NEXT_TRY))));
  }

  private static @Nullable Instant time(@Nullable String text) {
    try {
      return text == null ? null : Instant.parse(text);
    } catch (DateTimeParseException e) {
      return null;
    }
  }

  private static int number(@Nullable String text) {
    try {
      return text == null ? 0 : Integer.parseInt(text);
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  private static @Nullable String text(Headers headers, String name) {
    Header header = headers.lastHeader(name);
    return header == null || header.value() == null
        ? null
        : new String(header.value(), StandardCharsets.UTF_8);
  }
}
