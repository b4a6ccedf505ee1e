package dev.longshore.app.query;

import dev.longshore.app.query.find.QueryException;
import dev.longshore.app.query.kafka.PresentRecords;
import dev.longshore.events.EventJson;
import dev.longshore.events.Hint;
import dev.longshore.events.MalformedEventException;
import dev.longshore.events.Topic;
import dev.longshore.runtime.kafka.link.KafkaFailure;
import dev.longshore.runtime.kafka.link.KafkaSettings;
import dev.longshore.runtime.kafka.record.HeaderNames;
import dev.longshore.runtime.kafka.record.KeyPartitions;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * Looks for hints about a repository among the newest of its partition, while the caller goes on.
 */
final class HintSearch implements AutoCloseable {
  /** Records to read; all hints of a repository are in one partition. */
  private static final int LOOKED_AT = 5_000;

  private static final Duration LIMIT = Duration.ofSeconds(5);
  private static final Duration POLL = Duration.ofMillis(200);

  private final String key;
  private final FutureTask<List<Seen>> search;
  private final Thread thread;

  private HintSearch(KafkaSettings kafka, String key) {
    this.key = key;
    this.search = new FutureTask<>(() -> look(kafka, key));
    this.thread = Thread.ofVirtual().name("hints").start(search);
  }

  /**
   * A hint as it was received.
   *
   * @param origin webhook, poll, push or containerd
   */
  record Seen(String origin, Instant receivedAt, String contentType, boolean truncated) {}

  /** Begins to look for hints with the key. */
  static HintSearch begin(KafkaSettings kafka, String key) {
    return new HintSearch(kafka, key);
  }

  /** Those that were found, the oldest first. */
  List<Seen> found() throws QueryException, InterruptedException {
    try {
      return search.get();
    } catch (ExecutionException e) {
      throw new QueryException(
          "reading the hints about %s: %s".formatted(key, KafkaFailure.words(e)), e);
    }
  }

  private static List<Seen> look(KafkaSettings kafka, String key) {
    TopicPartition partition =
        new TopicPartition(Topic.HINTS.name(kafka.topicPrefix()), KeyPartitions.of(key));
    try (PresentRecords<String> records =
        PresentRecords.open(kafka, new StringDeserializer(), LIMIT)) {
      Consumer<String, byte[]> consumer = records.consumer();
      long end = consumer.endOffsets(Set.of(partition)).getOrDefault(partition, 0L);
      long begin = consumer.beginningOffsets(Set.of(partition)).getOrDefault(partition, 0L);
      consumer.assign(Set.of(partition));
      consumer.seek(partition, Math.max(begin, end - LOOKED_AT));
      List<Seen> found = new ArrayList<>();
      long deadline = System.nanoTime() + LIMIT.toNanos();
      while (consumer.position(partition) < end && System.nanoTime() < deadline) {
        for (ConsumerRecord<String, byte[]> one : consumer.poll(POLL)) {
          if (key.equals(one.key()) && one.value() != null) {
            found.add(seen(one));
          }
        }
      }
      return found;
    }
  }

  private static Seen seen(ConsumerRecord<String, byte[]> one) {
    Header type = one.headers().lastHeader(HeaderNames.CE_TYPE);
    String name = type == null ? "" : new String(type.value(), StandardCharsets.UTF_8);
    try {
      if (EventJson.read(one.value(), name) instanceof Hint hint) {
        return new Seen(
            hint.origin().name().toLowerCase(Locale.ROOT),
            hint.receivedAt(),
            hint.contentType(),
            hint.truncated());
      }
    } catch (MalformedEventException unreadable) {
      return new Seen("unreadable", Instant.ofEpochMilli(one.timestamp()), name, false);
    }
    return new Seen("no hint", Instant.ofEpochMilli(one.timestamp()), name, false);
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
