package dev.longshore.app.query;

import dev.longshore.app.query.find.CountText;
import dev.longshore.app.query.find.DurationText;
import dev.longshore.app.query.kafka.KafkaClients;
import dev.longshore.events.Topic;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * How many events wait for each service. Offsets alone cannot say, because every transaction leaves
 * markers between events; so the records after a group's offsets are read.
 */
final class Backlog {
  private Backlog() {}

  private static final Duration POLL = Duration.ofMillis(200);

  /** Events to count; the rest is reported as "more". */
  private static final int COUNTED = 1_000;

  private static final List<Group> GROUPS =
      List.of(
          new Group("watcher", Topic.HINTS),
          new Group("converter", Topic.OBSERVED),
          new Group("pinner", Topic.CONVERTED));

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
          ? service + ": nothing"
          : "%s: %s%s, the oldest for %s"
              .formatted(
                  service,
                  more ? "more than " : "",
                  CountText.of(events, "event", "events"),
                  DurationText.text(oldest));
    }
  }

  static List<Waiting> of(KafkaClients clients, String topicPrefix)
      throws ExecutionException, InterruptedException, TimeoutException {
    // Send all requests before waiting for the first answer.
    List<KafkaFuture<Map<TopicPartition, OffsetAndMetadata>>> offsets =
        GROUPS.stream()
            .map(group -> topicPrefix + group.service())
            .map(id -> clients.admin().listConsumerGroupOffsets(id).partitionsToOffsetAndMetadata())
            .toList();
    List<TopicPartition> partitions =
        GROUPS.stream().flatMap(group -> partitions(group, topicPrefix)).toList();
    Consumer<byte[], byte[]> consumer = clients.consumer();
    Map<TopicPartition, Long> begins = consumer.beginningOffsets(partitions);
    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
    List<Waiting> all = new ArrayList<>();
    for (int i = 0; i < GROUPS.size(); i++) {
      var committed = offsets.get(i).get(KafkaClients.LIMIT.toMillis(), TimeUnit.MILLISECONDS);
      Map<TopicPartition, Long> starts = new HashMap<>();
      partitions(GROUPS.get(i), topicPrefix)
          .forEach(p -> starts.put(p, start(committed.get(p), begins.getOrDefault(p, 0L))));
      starts.entrySet().removeIf(s -> s.getValue() >= ends.getOrDefault(s.getKey(), 0L));
      all.add(count(GROUPS.get(i).service(), consumer, starts, ends));
    }
    return all;
  }

  private static Stream<TopicPartition> partitions(Group group, String topicPrefix) {
    String topic = group.work().name(topicPrefix);
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
    long deadline = System.nanoTime() + KafkaClients.LIMIT.toNanos();
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
}
