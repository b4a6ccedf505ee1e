package dev.longshore.runtime.kafka.record;

import dev.longshore.events.EventJson;
import dev.longshore.events.EventType;
import dev.longshore.events.LongshoreRecord;
import dev.longshore.events.MalformedEventException;
import dev.longshore.events.Topic;
import dev.longshore.runtime.service.telemetry.TraceHeaders;
import io.opentelemetry.context.Context;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/** Records as CloudEvents 1.0 in Kafka's binary mode, with the current trace context. */
public final class Envelopes {
  private final String topicPrefix;
  private final String source;
  private final Clock clock;

  public Envelopes(String topicPrefix, String service, Clock clock) {
    this.topicPrefix = topicPrefix;
    this.source = "longshore/" + service;
    this.clock = clock;
  }

  /**
   * A record for the topic of its type.
   *
   * @throws IllegalArgumentException when the record cannot be written or is too large, a defect of
   *     its maker
   */
  public ProducerRecord<String, byte[]> seal(LongshoreRecord record, EventIds ids) {
    return seal(record, ids.next(EventType.of(record).typeName(), record.key()));
  }

  /** The same with the caller's id. */
  public ProducerRecord<String, byte[]> seal(LongshoreRecord record, String id) {
    Headers headers = new RecordHeaders();
    add(headers, HeaderNames.CE_SPECVERSION, "1.0");
    add(headers, HeaderNames.CE_ID, id);
    add(headers, HeaderNames.CE_SOURCE, source);
    add(headers, HeaderNames.CE_TYPE, EventType.of(record).typeName());
    add(headers, HeaderNames.CE_SUBJECT, record.key());
    add(headers, HeaderNames.CE_TIME, clock.instant().toString());
    add(headers, HeaderNames.CONTENT_TYPE, "application/json");
    TraceHeaders.inject(Context.current(), (name, value) -> HeaderText.put(headers, name, value));
    String topic = Topic.of(record).name(topicPrefix);
    return new ProducerRecord<>(topic, null, null, record.key(), json(record), headers);
  }

  /** The tombstone of a key of a state topic, for compaction: it has no value. */
  public ProducerRecord<String, byte[]> deletion(Topic topic, String key) {
    return new ProducerRecord<>(topic.name(topicPrefix), key, null);
  }

  private static void add(Headers headers, String name, String value) {
    headers.add(name, value.getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] json(LongshoreRecord record) {
    try {
      return EventJson.write(record);
    } catch (MalformedEventException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }
}
