package dev.longshore.runtime.kafka;

import dev.longshore.events.Topic;

/**
 * A place where reading could not go on where it had ended, because Kafka no longer has the offset
 * or the records, or because the topics were lost that a catalog was made of. Reading goes on at
 * the earliest record; what was between is found by reconciliation.
 *
 * @param topic the topic
 * @param partition its partition
 * @param from the offset where reading had ended; 0 if that is not known
 * @param to the offset where reading goes on
 */
public record Gap(Topic topic, int partition, long from, long to) {
  /** What a catalog that was rebuilt leaves open: which records made it before is not known. */
  static Gap ofAll(Topic topic, int partition) {
    return new Gap(topic, partition, 0, 0);
  }
}
