package dev.longshore.runtime.kafka;

import dev.longshore.events.Topic;

/**
 * A place where reading could not resume, because Kafka no longer has the offset or the records, or
 * because the topics behind a catalog were lost. Reading resumes at the earliest record;
 * reconciliation finds what was missed.
 *
 * @param topic the topic
 * @param partition its partition
 * @param from the offset where reading had ended; 0 if unknown
 * @param to the offset where reading resumes
 */
public record Gap(Topic topic, int partition, long from, long to) {
  /** The gap left by a rebuilt catalog, whose former records are unknown. */
  static Gap ofAll(Topic topic, int partition) {
    return new Gap(topic, partition, 0, 0);
  }
}
