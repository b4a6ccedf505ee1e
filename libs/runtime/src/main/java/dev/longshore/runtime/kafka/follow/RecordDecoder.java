package dev.longshore.runtime.kafka.follow;

import dev.longshore.catalog.CatalogRecord;
import dev.longshore.catalog.WorkFailure;
import dev.longshore.events.BlobState;
import dev.longshore.events.CopiesState;
import dev.longshore.events.DecisionState;
import dev.longshore.events.EventJson;
import dev.longshore.events.Failed;
import dev.longshore.events.ImageState;
import dev.longshore.events.LongshoreRecord;
import dev.longshore.events.MalformedEventException;
import dev.longshore.events.PeerState;
import dev.longshore.events.PinState;
import dev.longshore.events.PullState;
import dev.longshore.events.ServedState;
import dev.longshore.events.SiteCredentialsState;
import dev.longshore.events.SiteState;
import dev.longshore.events.State;
import dev.longshore.events.TagState;
import dev.longshore.events.Topic;
import dev.longshore.runtime.kafka.record.WorkFailureHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns Kafka's records into the catalog's. Counts and skips unreadable ones, and logs the first of
 * each topic. Used by one thread.
 */
public final class RecordDecoder {
  private static final String TYPE_HEADER = "ce_type";
  private static final String TRACE_HEADER = "traceparent";
  private static final Logger log = LoggerFactory.getLogger(RecordDecoder.class);

  private final Set<Topic> named = EnumSet.noneOf(Topic.class);
  private final LongAdder skipped = new LongAdder();

  /** Number of skipped records; for any thread. */
  long skipped() {
    return skipped.sum();
  }

  /** The catalog record for a record of a kept topic; empty if it cannot be read. */
  public Optional<CatalogRecord> decode(Topic topic, ConsumerRecord<byte[], byte[]> raw) {
    if (raw.key() == null) {
      return skip(topic, raw, "it has no key");
    }
    String key = new String(raw.key(), StandardCharsets.UTF_8);
    Instant appendedAt = Instant.ofEpochMilli(Math.max(0, raw.timestamp()));
    try {
      return topic.holdsState()
          ? Optional.of(state(topic, raw, key, appendedAt))
          : trouble(topic, raw, key, appendedAt);
    } catch (MalformedEventException | MisplacedRecordException e) {
      return skip(topic, raw, e.getMessage());
    }
  }

  private static CatalogRecord state(
      Topic topic, ConsumerRecord<byte[], byte[]> raw, String key, Instant appendedAt)
      throws MalformedEventException, MisplacedRecordException {
    State state = raw.value() == null ? null : read(raw, stateClass(topic));
    if (state != null && !state.key().equals(key)) {
      throw new MisplacedRecordException("its key is " + key + ", its value's " + state.key());
    }
    return new CatalogRecord(
        topic,
        raw.partition(),
        raw.offset(),
        appendedAt,
        key,
        state,
        null,
        header(raw, TRACE_HEADER));
  }

  private static Class<? extends State> stateClass(Topic topic) {
    return switch (topic) {
      case TAGS -> TagState.class;
      case IMAGES -> ImageState.class;
      case BLOBS -> BlobState.class;
      case PINS -> PinState.class;
      case COPIES -> CopiesState.class;
      case PEERS -> PeerState.class;
      case DECISIONS -> DecisionState.class;
      case SERVED -> ServedState.class;
      case PULLS -> PullState.class;
      case SITES -> SiteState.class;
      case SITECREDENTIALS -> SiteCredentialsState.class;
      default ->
          throw new IllegalArgumentException(
              "topic: " + topic + " (expected: one that something follows)");
    };
  }

  private Optional<CatalogRecord> trouble(
      Topic topic, ConsumerRecord<byte[], byte[]> raw, String key, Instant appendedAt)
      throws MalformedEventException, MisplacedRecordException {
    Optional<WorkFailure> trouble =
        topic == Topic.FAILED
            ? Optional.of(WorkFailure.of(read(raw, Failed.class)))
            : WorkFailureHeaders.read(key, raw.headers(), raw.value() != null, appendedAt);
    if (trouble.isEmpty()) {
      return skip(topic, raw, "its headers do not say what is parked and why");
    }
    return Optional.of(
        new CatalogRecord(
            topic, raw.partition(), raw.offset(), appendedAt, key, null, trouble.get()));
  }

  private static <T extends LongshoreRecord> T read(
      ConsumerRecord<byte[], byte[]> raw, Class<T> recordClass)
      throws MalformedEventException, MisplacedRecordException {
    String expected = EventJson.type(recordClass);
    String found = Objects.requireNonNullElse(header(raw, TYPE_HEADER), "none");
    if (!found.equals(expected) || raw.value() == null) {
      throw new MisplacedRecordException(
          "its type is " + found + " (expected: a value of type " + expected + ")");
    }
    return EventJson.read(raw.value(), recordClass);
  }

  private static @Nullable String header(ConsumerRecord<byte[], byte[]> raw, String name) {
    Header header = raw.headers().lastHeader(name);
    return header == null || header.value() == null
        ? null
        : new String(header.value(), StandardCharsets.UTF_8);
  }

  private Optional<CatalogRecord> skip(
      Topic topic, ConsumerRecord<byte[], byte[]> raw, @Nullable String why) {
    skipped.increment();
    if (named.add(topic)) {
      log.warn(
          "catalog: cannot read the record of topic {} partition {} offset {}, leaves it out: {}"
              + " (more of this topic are only counted)",
          raw.topic(),
          raw.partition(),
          raw.offset(),
          why);
    }
    return Optional.empty();
  }

  /** A readable record in the wrong topic or partition. */
  private static final class MisplacedRecordException extends Exception {
    private static final long serialVersionUID = 1L;

    MisplacedRecordException(String message) {
      super(message);
    }
  }
}
