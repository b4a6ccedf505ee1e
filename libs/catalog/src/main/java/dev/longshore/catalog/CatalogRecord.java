package dev.longshore.catalog;

import dev.longshore.events.State;
import dev.longshore.events.Topic;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One record of a topic in the catalog.
 *
 * @param topic a state topic, or {@code failed} or {@code retry}
 * @param partition its partition there
 * @param offset its offset there
 * @param appendedAt Kafka's clock when it was appended
 * @param key its key
 * @param value the key's value in a state topic; null deletes the key
 * @param trouble content of a record of {@code failed} or {@code retry}; null in a state topic
 * @param traceparent W3C trace context of the work that wrote it, if its header has one
 */
public record CatalogRecord(
    Topic topic,
    int partition,
    long offset,
    Instant appendedAt,
    String key,
    @Nullable State value,
    @Nullable WorkFailure trouble,
    @Nullable String traceparent) {

  public CatalogRecord {
    boolean ofState = topic.holdsState();
    if (ofState && (trouble != null || (value != null && Topic.of(value) != topic))) {
      throw new IllegalArgumentException(
          "value on " + topic + ": " + value + " " + trouble + " (expected: its state or none)");
    }
    if (!ofState && (trouble == null || value != null)) {
      throw new IllegalArgumentException("trouble on " + topic + ": none (expected: one)");
    }
  }

  /** A record of a state topic. */
  public CatalogRecord(
      Topic topic,
      int partition,
      long offset,
      Instant appendedAt,
      String key,
      @Nullable State value) {
    this(topic, partition, offset, appendedAt, key, value, null, null);
  }

  /** A record without a trace. */
  public CatalogRecord(
      Topic topic,
      int partition,
      long offset,
      Instant appendedAt,
      String key,
      @Nullable State value,
      @Nullable WorkFailure trouble) {
    this(topic, partition, offset, appendedAt, key, value, trouble, null);
  }
}
