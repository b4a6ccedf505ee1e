package dev.longshore.runtime.kafka.topics;

import dev.longshore.events.Topic;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The doctor's view of Kafka. Every method throws {@link org.apache.kafka.common.KafkaException}
 * with Kafka's own cause when it refuses or does not answer.
 */
public interface KafkaLook extends AutoCloseable {
  /** Number of live brokers, after login. */
  int brokers() throws InterruptedException;

  /** What keeps Longshore from working on its topics. */
  List<TopicProblem> topics() throws InterruptedException;

  /**
   * The rights of a service that this user lacks, such as {@code Write on topic longshore.tags}.
   * Topics that do not exist are left out.
   */
  List<String> missing(ServiceRights rights) throws InterruptedException;

  /** Records in the topic, transaction markers included. */
  long records(Topic topic) throws InterruptedException;

  /** Transactions that block all readers, those with the oldest records first. */
  List<OpenTransaction> open() throws InterruptedException;

  /** When the newest event of any topic arrived, by Kafka's clock. */
  Optional<Instant> newest() throws InterruptedException;

  @Override
  void close();
}
