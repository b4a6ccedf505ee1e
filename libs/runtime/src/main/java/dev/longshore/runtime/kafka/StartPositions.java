package dev.longshore.runtime.kafka;

import dev.longshore.events.Topic;
import java.time.Duration;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Determines where to resume partitions, and whether anything was lost there. */
final class StartPositions {
  /** Limit of one request to Kafka; the caller asks again. */
  private static final Duration ASK_LIMIT = Duration.ofSeconds(5);

  private final Map<String, Topic> topics;

  StartPositions(Map<String, Topic> topics) {
    this.topics = Map.copyOf(topics);
  }

  /**
   * A start position.
   *
   * @param offset the offset to read first
   * @param finished finished offsets above it, counted from it
   * @param committed whether the group has this position
   * @param gap what was lost, if anything
   * @param stillOpen whether the group's metadata says that an earlier gap is open
   */
  record Start(
      long offset, BitSet finished, boolean committed, Optional<Gap> gap, boolean stillOpen) {}

  /**
   * Asks Kafka.
   *
   * @throws org.apache.kafka.common.errors.TimeoutException when it does not answer in time
   */
  Map<TopicPartition, Start> find(Consumer<?, ?> consumer, Collection<TopicPartition> partitions) {
    Set<TopicPartition> siblings = new HashSet<>();
    for (TopicPartition partition : partitions) {
      for (int n = 0; n < Topic.PARTITIONS; n++) {
        siblings.add(new TopicPartition(partition.topic(), n));
      }
    }
    Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(siblings, ASK_LIMIT);
    Map<TopicPartition, Long> earliest = consumer.beginningOffsets(partitions, ASK_LIMIT);
    Map<TopicPartition, Long> end = consumer.endOffsets(partitions, ASK_LIMIT);
    Set<String> known =
        committed.entrySet().stream()
            .filter(entry -> entry.getValue() != null)
            .map(entry -> entry.getKey().topic())
            .collect(Collectors.toSet());
    Map<TopicPartition, Start> starts = new HashMap<>();
    for (TopicPartition partition : partitions) {
      starts.put(
          partition,
          start(
              partition,
              committed.get(partition),
              known.contains(partition.topic()),
              earliest.getOrDefault(partition, 0L),
              end.getOrDefault(partition, Long.MAX_VALUE)));
    }
    return starts;
  }

  /**
   * Decides.
   *
   * @param known whether the group has an offset in any partition of the topic: the first start
   *     commits all, so that a missing one was deleted
   */
  private Start start(
      TopicPartition partition,
      @Nullable OffsetAndMetadata committed,
      boolean known,
      long earliest,
      long end) {
    if (committed == null) {
      // A group without offsets, new or not, never saw the records that are gone.
      boolean lost = known || earliest > 0;
      Optional<Gap> gap = lost ? Optional.of(gap(partition, 0, earliest)) : Optional.empty();
      return new Start(earliest, new BitSet(), false, gap, false);
    }
    BitSet finished = Ledger.bits(committed);
    if (committed.offset() > end) {
      // The topic was recreated: the offsets say nothing about its records.
      Gap gap = gap(partition, committed.offset(), earliest);
      return new Start(earliest, new BitSet(), false, Optional.of(gap), false);
    }
    if (committed.offset() < earliest) {
      int cut = (int) Math.min(earliest - committed.offset(), finished.length());
      Gap gap = gap(partition, committed.offset(), earliest);
      BitSet rest = finished.get(cut, finished.length());
      return new Start(earliest, rest, false, Optional.of(gap), false);
    }
    return new Start(
        committed.offset(), finished, true, Optional.empty(), Ledger.hasGap(committed));
  }

  private Gap gap(TopicPartition partition, long from, long to) {
    Topic topic = topics.get(partition.topic());
    if (topic == null) {
      throw new IllegalArgumentException(
          "partition: " + partition + " (expected: of a topic that is read)");
    }
    return new Gap(topic, partition.partition(), from, to);
  }
}
