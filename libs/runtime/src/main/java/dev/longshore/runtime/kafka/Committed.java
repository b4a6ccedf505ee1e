package dev.longshore.runtime.kafka;

import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.CatalogRecord;
import dev.longshore.events.Topic;
import dev.longshore.runtime.kafka.follow.RecordDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.record.TimestampType;

/**
 * Puts a service's own committed records into its catalog, ahead of the follower. Used by one
 * thread.
 */
public final class Committed {
  private final Map<String, Topic> topics = new HashMap<>();
  private final RecordDecoder decoder = new RecordDecoder();

  public Committed(String topicPrefix) {
    Catalog.TOPICS_AND_PULLS.forEach(topic -> topics.put(topic.name(topicPrefix), topic));
  }

  /**
   * The catalog record for a committed record; empty for a topic that the catalog does not keep.
   *
   * @param partition of the record
   * @param offset of the record
   * @param appendedAt Kafka's clock, milliseconds since 1970
   */
  public Optional<CatalogRecord> read(
      ProducerRecord<String, byte[]> record, int partition, long offset, long appendedAt) {
    Topic topic = topics.get(record.topic());
    if (topic == null) {
      return Optional.empty();
    }
    byte[] key = record.key().getBytes(StandardCharsets.UTF_8);
    return decoder.decode(
        topic,
        new ConsumerRecord<>(
            record.topic(),
            partition,
            offset,
            appendedAt,
            TimestampType.LOG_APPEND_TIME,
            key.length,
            record.value() == null ? 0 : record.value().length,
            key,
            record.value(),
            record.headers(),
            Optional.empty()));
  }
}
