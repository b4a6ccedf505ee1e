package dev.longshore.runtime.kafka;

import java.util.Map;
import java.util.Objects;
import org.apache.kafka.common.TopicPartition;

/** The ledgers of all partitions of a topic. */
record Ledgers(Map<TopicPartition, Ledger> byPartition) {
  Ledger of(TopicPartition partition) {
    return Objects.requireNonNull(byPartition.get(partition), partition::toString);
  }
}
