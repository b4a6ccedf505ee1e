package dev.longshore.app.query;

import dev.longshore.app.KafkaAdmin;
import dev.longshore.app.query.find.QueryException;
import dev.longshore.events.Topic;
import dev.longshore.runtime.kafka.link.KafkaFailure;
import dev.longshore.runtime.kafka.link.KafkaSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * How many events wait for each service. Offsets alone cannot say, because every transaction leaves
 * markers between events; so the records after a group's offsets are read.
 */
final class Backlog implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(5);
  private static final Duration POLL = Duration.ofMillis(200);

  /** Events to count; the rest is reported as "more". */
  private static final int COUNTED = 1_000;

  private static final List<Group> GROUPS =
      List.of(
          new Group("watcher", Topic.HINTS),
          new Group("converter", Topic.OBSERVED),
          new Group("pinner", Topic.CONVERTED));

  private final CompletableFuture<List<Waiting>> answer = new CompletableFuture<>();
  private final Thread thread;

  private Backlog(KafkaSettings kafka) {
    this.thread =
        Thread.ofVirtual()
            .name("backlog")
            .start(
                () -> {
                  try {
                    answer.complete(look(kafka));
                  } catch (KafkaException | ExecutionException | TimeoutException e) {
                    answer.completeExceptionally(e);
                  } catch (InterruptedException e) {
                    answer.cancel(false);
                  }
                });
  }

  private record Group(String service, Topic work) {}

  /**
   * The events that wait for one service.
   *
   * @param more whether there are more than {@code events}
   * @param oldest time since Kafka got the oldest of them
   */
  record Waiting(String service, long events, boolean more, Duration oldest) {
    @Override
    public String toString() {
      return events == 0
          ? service + " none"
          : "%s %s%d events, the oldest for %d s"
              .formatted(service, more ? "more than " : "", events, oldest.toSeconds());
    }
  }

  static Backlog begin(KafkaSettings kafka) {
    return new Backlog(kafka);
  }

  List<Waiting> waiting() throws QueryException, InterruptedException {
    try {
      return answer.get(2 * LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw new QueryException("reading the services' lag: " + KafkaFailure.words(e), e);
    } catch (TimeoutException e) {
      throw new QueryException("reading the services' lag: no answer within " + LIMIT, e);
    }
  }

  private static List<Waiting> look(KafkaSettings kafka)
      throws ExecutionException, InterruptedException, TimeoutException {
    Admin admin = KafkaAdmin.open(kafka, LIMIT);
    try (PresentRecords<byte[]> records =
        PresentRecords.open(kafka, new ByteArrayDeserializer(), LIMIT)) {
      // Send all requests before waiting for the first answer.
      List<KafkaFuture<Map<TopicPartition, OffsetAndMetadata>>> offsets =
          GROUPS.stream()
              .map(group -> kafka.topicPrefix() + group.service())
              .map(id -> admin.listConsumerGroupOffsets(id).partitionsToOffsetAndMetadata())
              .toList();
      List<TopicPartition> partitions =
          GROUPS.stream().flatMap(group -> partitions(group, kafka)).toList();
      Map<TopicPartition, Long> begins = records.consumer().beginningOffsets(partitions);
      Map<TopicPartition, Long> ends = records.consumer().endOffsets(partitions);
      List<Waiting> all = new ArrayList<>();
      for (int i = 0; i < GROUPS.size(); i++) {
        var committed = offsets.get(i).get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        Map<TopicPartition, Long> starts = new HashMap<>();
        partitions(GROUPS.get(i), kafka)
            .forEach(p -> starts.put(p, start(committed.get(p), begins.getOrDefault(p, 0L))));
        starts.entrySet().removeIf(s -> s.getValue() >= ends.getOrDefault(s.getKey(), 0L));
        all.add(count(GROUPS.get(i).service(), records.consumer(), starts, ends));
      }
      return all;
    } finally {
      admin.close(Duration.ZERO);
    }
  }

  private static Stream<TopicPartition> partitions(Group group, KafkaSettings kafka) {
    String topic = group.work().name(kafka.topicPrefix());
    return IntStream.range(0, Topic.PARTITIONS).mapToObj(n -> new TopicPartition(topic, n));
  }

  private static long start(@Nullable OffsetAndMetadata committed, long begin) {
    return committed == null ? begin : committed.offset();
  }

  private static Waiting count(
      String service,
      Consumer<byte[], byte[]> consumer,
      Map<TopicPartition, Long> starts,
      Map<TopicPartition, Long> ends) {
    consumer.assign(starts.keySet());
    starts.forEach(consumer::seek);
    long events = 0;
    long oldest = Long.MAX_VALUE;
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (events < COUNTED
        && System.nanoTime() < deadline
        && starts.keySet().stream()
            .anyMatch(p -> consumer.position(p) < ends.getOrDefault(p, 0L))) {
      for (ConsumerRecord<byte[], byte[]> one : consumer.poll(POLL)) {
        events++;
        oldest = Math.min(oldest, one.timestamp());
      }
    }
    Duration age =
        events == 0 ? Duration.ZERO : Duration.between(Instant.ofEpochMilli(oldest), Instant.now());
    return new Waiting(service, events, events >= COUNTED, age);
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
