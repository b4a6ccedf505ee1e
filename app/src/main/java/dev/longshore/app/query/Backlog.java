package dev.longshore.app.query;

import dev.longshore.app.KafkaConnection;
import dev.longshore.events.Topic;
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
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * How many events wait for each service. Offsets alone do not say, as every transaction leaves
 * marks between events, so what lies behind a group's offsets is read.
 */
final class Backlog implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(5);
  private static final Duration POLL = Duration.ofMillis(200);

  /** Events that are counted; what is beyond is told as "more". */
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
   * What waits for one service.
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
      throw new QueryException("reading the services' lag: " + e.getCause(), e);
    } catch (TimeoutException e) {
      throw new QueryException("reading the services' lag: no answer within " + LIMIT, e);
    }
  }

  private static List<Waiting> look(KafkaSettings kafka)
      throws ExecutionException, InterruptedException, TimeoutException {
    Map<String, Object> settings = new HashMap<>(KafkaConnection.of(kafka));
    settings.put("default.api.timeout.ms", (int) LIMIT.toMillis());
    settings.put("request.timeout.ms", (int) LIMIT.toMillis());
    try (Admin admin = Admin.create(settings)) {
      settings.put("isolation.level", "read_committed");
      settings.put("enable.auto.commit", false);
      settings.put("auto.offset.reset", "earliest");
      try (Consumer<byte[], byte[]> consumer =
          new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
        List<Waiting> all = new ArrayList<>();
        for (Group group : GROUPS) {
          Map<TopicPartition, OffsetAndMetadata> offsets =
              admin
                  .listConsumerGroupOffsets(kafka.topicPrefix() + group.service())
                  .partitionsToOffsetAndMetadata()
                  .get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
          all.add(
              count(group.service(), group.work().name(kafka.topicPrefix()), consumer, offsets));
        }
        return all;
      }
    }
  }

  private static Waiting count(
      String service,
      String topic,
      Consumer<byte[], byte[]> consumer,
      Map<TopicPartition, OffsetAndMetadata> offsets) {
    List<TopicPartition> partitions =
        IntStream.range(0, Topic.PARTITIONS).mapToObj(n -> new TopicPartition(topic, n)).toList();
    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
    Map<TopicPartition, Long> begins = consumer.beginningOffsets(partitions);
    Map<TopicPartition, Long> starts = new HashMap<>();
    for (TopicPartition partition : partitions) {
      OffsetAndMetadata committed = offsets.get(partition);
      long start = committed == null ? begins.getOrDefault(partition, 0L) : committed.offset();
      if (start < ends.getOrDefault(partition, 0L)) {
        starts.put(partition, start);
      }
    }
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
