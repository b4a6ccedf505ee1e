package dev.longshore.runtime.kafka.record;

import dev.longshore.events.Event;
import dev.longshore.events.EventJson;
import dev.longshore.events.LongshoreRecord;
import dev.longshore.events.MalformedEventException;
import dev.longshore.events.Topic;
import dev.longshore.runtime.kafka.step.Message;
import dev.longshore.runtime.kafka.step.PermanentFailure;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/**
 * A record to handle: its content in Kafka, and where it first arrived.
 *
 * @param topic where it first arrived; for a parked record not {@link Topic#RETRY}
 * @param partition its partition there
 * @param offset its offset there; -1 for a mere request to look at the key again
 * @param appendedAt Kafka's clock when it was appended there
 * @param key its key; empty when it has none
 * @param raw the record in Kafka; null for a mere request to look at the key again
 * @param parked what a parked record waits for
 */
public record Inbound(
    Topic topic,
    int partition,
    long offset,
    Instant appendedAt,
    String key,
    @Nullable ConsumerRecord<String, byte[]> raw,
    @Nullable Parked parked) {

  /** The reason for an unreadable record. */
  public static final String MALFORMED_EVENT = "MALFORMED_EVENT";

  private static final long NO_OFFSET = -1;

  /**
   * What a parked record waits for.
   *
   * @param service the service whose step handles it
   * @param endpoint the endpoint that was away
   * @param attempt number of tries so far
   */
  public record Parked(String service, String endpoint, int attempt) {}

  /** A record of a work topic. */
  public static Inbound of(Topic topic, ConsumerRecord<String, byte[]> raw) {
    String key = raw.key() == null ? "" : raw.key();
    Instant appendedAt = Instant.ofEpochMilli(Math.max(0, raw.timestamp()));
    Inbound direct = new Inbound(topic, raw.partition(), raw.offset(), appendedAt, key, raw, null);
    return topic == Topic.RETRY ? direct.unparked() : direct;
  }

  /** A request to look at a key, without a record. */
  public static Inbound nudge(Topic topic, String key, Instant now) {
    return new Inbound(topic, KeyPartitions.of(key), NO_OFFSET, now, key, null, null);
  }

  /** Whether there is no record behind it. */
  public boolean isNudge() {
    return raw == null;
  }

  /** Whether this service's step handles it; false if it is parked for another one. */
  public boolean isFor(String service) {
    return topic != Topic.RETRY && (parked == null || parked.service().equals(service));
  }

  /** The record's bytes. */
  public byte @Nullable [] value() {
    return raw == null ? null : raw.value();
  }

  /** Its headers in Kafka. */
  public Headers headers() {
    return raw == null ? new RecordHeaders() : raw.headers();
  }

  /** The same parked record after another try, with what it waits for now. */
  public Inbound waitingFor(String endpoint) {
    Parked before = Objects.requireNonNull(parked, "parked");
    Parked now = new Parked(before.service(), endpoint, before.attempt() + 1);
    return new Inbound(topic, partition, offset, appendedAt, key, raw, now);
  }

  /** The original of a parked record; unchanged if Longshore did not park it. */
  private Inbound unparked() {
    String service = HeaderText.get(headers(), HeaderNames.SERVICE);
    String endpoint = HeaderText.get(headers(), WorkFailureHeaders.ENDPOINT);
    Optional<Topic> origin = named(text(HeaderNames.TOPIC));
    if (service == null || endpoint == null || origin.isEmpty()) {
      return this;
    }
    try {
      return new Inbound(
          origin.get(),
          (int) number(HeaderNames.PARTITION),
          number(HeaderNames.OFFSET),
          Instant.parse(text(HeaderNames.APPENDED_AT)),
          key,
          raw,
          new Parked(service, endpoint, (int) number(WorkFailureHeaders.ATTEMPT)));
    } catch (DateTimeException | NumberFormatException e) {
      return this;
    }
  }

  private static Optional<Topic> named(String shortName) {
    return Arrays.stream(Topic.values()).filter(t -> t.name("").equals(shortName)).findFirst();
  }

  private long number(String header) {
    return Long.parseLong(text(header));
  }

  private String text(String header) {
    String text = HeaderText.get(headers(), header);
    return text == null ? "" : text;
  }

  /**
   * The message for the step.
   *
   * @throws PermanentFailure when the value is no event of this topic
   */
  public Message message() throws PermanentFailure {
    return new Message(topic, partition, offset, key, id(), appendedAt, isNudge() ? null : event());
  }

  /** CloudEvents id, or the record's place if it has none. */
  public String id() {
    String id = HeaderText.get(headers(), HeaderNames.CE_ID);
    return id != null ? id : topic.name("") + "-" + partition + "-" + offset;
  }

  private Event event() throws PermanentFailure {
    String type = HeaderText.get(headers(), HeaderNames.CE_TYPE);
    byte[] json = value();
    if (type == null || json == null) {
      throw malformed("it has no " + (json == null ? "value" : "header ce_type"), null);
    }
    LongshoreRecord read;
    try {
      read = EventJson.read(json, type);
    } catch (MalformedEventException e) {
      throw malformed(e.getMessage(), e);
    }
    if (read instanceof Event event && Topic.of(event) == topic) {
      return event;
    }
    throw malformed(type + " does not belong there", null);
  }

  private PermanentFailure malformed(@Nullable String what, @Nullable Throwable cause) {
    String where = topic.name("") + " " + partition + ", offset " + offset;
    return new PermanentFailure(
        MALFORMED_EVENT, "reading the record at " + where + ": " + what, cause);
  }
}
