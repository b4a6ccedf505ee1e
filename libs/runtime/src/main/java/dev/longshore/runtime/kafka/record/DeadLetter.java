package dev.longshore.runtime.kafka.record;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;

/**
 * A record that could not be handled.
 *
 * @param partition its partition in topic {@code dead}
 * @param offset its offset there
 * @param key key of the record
 * @param id CloudEvents id of the record; empty if it has none
 * @param service whose step could not handle it
 * @param stage the stage of that service
 * @param reason a stable code such as DIGEST_MISMATCH
 * @param cause what was tried, on what, and the answer
 * @param topic unprefixed topic where the record arrived
 * @param originPartition its partition there
 * @param originOffset its offset there
 * @param failedAt the service's clock
 * @param replayable false if its value was too long to keep
 * @param replayed whether it was sent to its topic again
 */
public record DeadLetter(
    int partition,
    long offset,
    String key,
    String id,
    String service,
    String stage,
    String reason,
    String cause,
    String topic,
    int originPartition,
    long originOffset,
    Instant failedAt,
    boolean replayable,
    boolean replayed) {

  /** Reads a record of topic {@code dead}; empty if Longshore did not write it. */
  public static Optional<DeadLetter> read(ConsumerRecord<String, byte[]> record, boolean replayed) {
    Headers headers = record.headers();
    try {
      return Optional.of(
          new DeadLetter(
              record.partition(),
              record.offset(),
              Objects.requireNonNullElse(record.key(), ""),
              Objects.requireNonNullElse(HeaderText.get(headers, HeaderNames.CE_ID), ""),
              text(headers, HeaderNames.SERVICE),
              text(headers, WorkFailureHeaders.STAGE),
              text(headers, HeaderNames.REASON),
              text(headers, WorkFailureHeaders.CAUSE),
              text(headers, HeaderNames.TOPIC),
              Integer.parseInt(text(headers, HeaderNames.PARTITION)),
              Long.parseLong(text(headers, HeaderNames.OFFSET)),
              Instant.parse(text(headers, HeaderNames.FAILED_AT)),
              HeaderText.get(headers, HeaderNames.DROPPED_BYTES) == null,
              replayed));
    } catch (DateTimeException | NumberFormatException e) {
      return Optional.empty();
    }
  }

  /** Missing headers fail like unreadable ones: numbers and times are required. */
  private static String text(Headers headers, String name) {
    String text = HeaderText.get(headers, name);
    return text == null ? "" : text;
  }
}
