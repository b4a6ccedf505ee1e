package dev.longshore.runtime.kafka.topics;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeProducersResult.PartitionProducerState;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;

/**
 * An open transaction. A reader of committed records sees nothing from its begin on.
 *
 * @param begin offset of its first record
 * @param end of the partition
 * @param lastRecord when its last record was written
 */
public record OpenTransaction(TopicPartition partition, long begin, long end, Instant lastRecord) {
  /**
   * A longer one never ends by itself: Kafka ends Longshore's transactions after seconds, unless it
   * has lost them (KAFKA-20734).
   */
  public static final Duration LONGEST = Duration.ofSeconds(30);

  /** The first open transaction of each partition. */
  public static CompletableFuture<List<OpenTransaction>> in(
      Admin admin, Collection<TopicPartition> partitions) {
    var stable = offsets(admin, partitions, IsolationLevel.READ_COMMITTED);
    var ends = offsets(admin, partitions, IsolationLevel.READ_UNCOMMITTED);
    return stable.thenCombine(ends, OpenTransaction::held).thenCompose(held -> first(admin, held));
  }

  private static CompletableFuture<Map<TopicPartition, ListOffsetsResultInfo>> offsets(
      Admin admin, Collection<TopicPartition> partitions, IsolationLevel level) {
    Map<TopicPartition, OffsetSpec> asked =
        partitions.stream().collect(Collectors.toMap(p -> p, _ -> OffsetSpec.latest()));
    return admin
        .listOffsets(asked, new ListOffsetsOptions(level))
        .all()
        .toCompletionStage()
        .toCompletableFuture();
  }

  /** The ends of partitions that cannot be read to the end. */
  private static Map<TopicPartition, Long> held(
      Map<TopicPartition, ListOffsetsResultInfo> stable,
      Map<TopicPartition, ListOffsetsResultInfo> ends) {
    Map<TopicPartition, Long> held = new HashMap<>();
    stable.forEach(
        (partition, info) -> {
          ListOffsetsResultInfo end = ends.get(partition);
          if (end != null && info.offset() < end.offset()) {
            held.put(partition, end.offset());
          }
        });
    return held;
  }

  private static CompletableFuture<List<OpenTransaction>> first(
      Admin admin, Map<TopicPartition, Long> held) {
    return admin
        .describeProducers(held.keySet())
        .all()
        .toCompletionStage()
        .toCompletableFuture()
        .thenApply(found -> first(found, held));
  }

  private static List<OpenTransaction> first(
      Map<TopicPartition, PartitionProducerState> found, Map<TopicPartition, Long> held) {
    List<OpenTransaction> open = new ArrayList<>();
    found.forEach(
        (partition, state) ->
            state.activeProducers().stream()
                .filter(producer -> producer.currentTransactionStartOffset().isPresent())
                .min(
                    Comparator.comparingLong(
                        producer -> producer.currentTransactionStartOffset().orElseThrow()))
                .ifPresent(
                    producer ->
                        open.add(of(partition, producer, held.getOrDefault(partition, 0L)))));
    open.sort(Comparator.comparing(OpenTransaction::lastRecord));
    return open;
  }

  private static OpenTransaction of(TopicPartition partition, ProducerState producer, long end) {
    return new OpenTransaction(
        partition,
        producer.currentTransactionStartOffset().orElseThrow(),
        end,
        Instant.ofEpochMilli(producer.lastTimestamp()));
  }

  /** Whether Kafka has lost it. */
  public boolean isLost(Instant now) {
    return lastRecord.plus(LONGEST).isBefore(now);
  }

  /** Its effect, in words. */
  public String words() {
    return "%s can be read to offset %d of %d only: a transaction there is open, with its last record of %s"
        .formatted(partition, begin, end, lastRecord);
  }

  /** What operators can do. */
  public String remedy() {
    return "if that lasts longer than %d s, Kafka has lost its end: see 'kafka-transactions.sh abort --topic %s --partition %d --start-offset %d' in docs/operations.md"
        .formatted(LONGEST.toSeconds(), partition.topic(), partition.partition(), begin);
  }
}
