package dev.longshore.runtime.kafka.record;

import dev.longshore.events.Failed;
import dev.longshore.events.Topic;
import dev.longshore.runtime.kafka.step.PermanentFailure;
import dev.longshore.runtime.kafka.step.TransientFailure;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/** Makes copies of records that could not be handled: to wait, or for people to examine. */
public final class Parking {
  /** Kafka's default limit is 1 MiB with headers; our records are far below a quarter of that. */
  private static final int KEPT_VALUE_LIMIT = 768 * 1024;

  /**
   * Limit in characters: it repeats a foreign server's words, so enough to read, too few to hurt.
   */
  private static final int CAUSE_LIMIT = 2000;

  private final String topicPrefix;
  private final ServiceId id;
  private final Envelopes envelopes;
  private final Clock clock;

  public Parking(String topicPrefix, ServiceId id, Envelopes envelopes, Clock clock) {
    this.topicPrefix = topicPrefix;
    this.id = id;
    this.envelopes = envelopes;
    this.clock = clock;
  }

  /** The record for topic {@code retry}: value and headers unchanged, and what it waits for. */
  public ProducerRecord<String, byte[]> parked(
      Inbound in, TransientFailure failure, Instant nextTry) {
    Headers headers = withOrigin(in, cause(failure));
    putWait(headers, failure.endpoint(), 1);
    HeaderText.put(headers, WorkFailureHeaders.NEXT_TRY, nextTry.toString());
    return copy(Topic.RETRY, in, in.value(), headers);
  }

  /** Reports another try to readers of {@code retry}; carries nothing to handle. */
  public ProducerRecord<String, byte[]> stillAway(
      Inbound in, TransientFailure failure, Instant nextTry) {
    Headers headers = new RecordHeaders();
    WorkFailureHeaders.addOver(headers, id.stage());
    HeaderText.put(headers, WorkFailureHeaders.CAUSE, limited(cause(failure)));
    putWait(headers, failure.endpoint(), tries(in) + 1);
    HeaderText.put(headers, WorkFailureHeaders.NEXT_TRY, nextTry.toString());
    return copy(Topic.RETRY, in, null, headers);
  }

  /** The same parked record again, for the end of topic {@code retry}. */
  public ProducerRecord<String, byte[]> parkedAgain(Inbound in) {
    Headers headers = new RecordHeaders(in.headers());
    Inbound.Parked waits = in.parked();
    if (waits != null) {
      putWait(headers, waits.endpoint(), waits.attempt());
    }
    headers.remove(WorkFailureHeaders.NEXT_TRY);
    return copy(Topic.RETRY, in, in.value(), headers);
  }

  private static int tries(Inbound in) {
    Inbound.Parked before = in.parked();
    return before == null ? 0 : before.attempt();
  }

  private static String cause(TransientFailure failure) {
    return Objects.toString(failure.getMessage(), failure.endpoint());
  }

  private static void putWait(Headers headers, String endpoint, int attempt) {
    HeaderText.put(headers, WorkFailureHeaders.ENDPOINT, endpoint);
    HeaderText.put(headers, WorkFailureHeaders.ATTEMPT, Integer.toString(attempt));
  }

  /**
   * Reports to readers of {@code retry} that the key no longer waits; carries nothing to handle.
   */
  public ProducerRecord<String, byte[]> over(Inbound in) {
    Headers headers = new RecordHeaders();
    WorkFailureHeaders.addOver(headers, id.stage());
    return copy(Topic.RETRY, in, null, headers);
  }

  /** The {@code failed} event, and the dead letter if there is a record that could be replayed. */
  public List<ProducerRecord<String, byte[]>> rejected(
      Inbound in, PermanentFailure failure, EventIds ids) {
    List<ProducerRecord<String, byte[]>> records = new ArrayList<>();
    String message = limited(Objects.toString(failure.getMessage(), failure.reason()));
    records.add(
        envelopes.seal(
            new Failed(
                in.key(),
                id.stage(),
                failure.reason(),
                message,
                in.topic().name(""),
                in.partition(),
                in.offset(),
                clock.instant()),
            ids));
    if (!in.isNudge()) {
      records.add(deadLetter(in, failure.reason(), message));
    }
    return records;
  }

  private ProducerRecord<String, byte[]> deadLetter(Inbound in, String reason, String message) {
    Headers headers = withOrigin(in, message);
    HeaderText.put(headers, HeaderNames.REASON, reason);
    HeaderText.put(headers, HeaderNames.FAILED_AT, clock.instant().toString());
    byte[] value = in.value();
    if (value != null && value.length > KEPT_VALUE_LIMIT) {
      HeaderText.put(headers, HeaderNames.DROPPED_BYTES, Integer.toString(value.length));
      value = null;
    }
    return copy(Topic.DEAD, in, value, headers);
  }

  private Headers withOrigin(Inbound in, String cause) {
    Headers headers = new RecordHeaders();
    for (Header header : in.headers()) {
      if (!header.key().startsWith(HeaderNames.OURS)) {
        headers.add(header);
      }
    }
    HeaderText.put(headers, HeaderNames.SERVICE, id.service());
    HeaderText.put(headers, WorkFailureHeaders.STAGE, id.stage());
    HeaderText.put(headers, HeaderNames.TOPIC, in.topic().name(""));
    HeaderText.put(headers, HeaderNames.PARTITION, Integer.toString(in.partition()));
    HeaderText.put(headers, HeaderNames.OFFSET, Long.toString(in.offset()));
    HeaderText.put(headers, HeaderNames.APPENDED_AT, in.appendedAt().toString());
    HeaderText.put(headers, WorkFailureHeaders.CAUSE, limited(cause));
    return headers;
  }

  private ProducerRecord<String, byte[]> copy(
      Topic topic, Inbound in, byte @Nullable [] value, Headers headers) {
    return new ProducerRecord<>(topic.name(topicPrefix), null, null, in.key(), value, headers);
  }

  private static String limited(String text) {
    return text.length() <= CAUSE_LIMIT ? text : text.substring(0, CAUSE_LIMIT - 3) + "...";
  }
}
