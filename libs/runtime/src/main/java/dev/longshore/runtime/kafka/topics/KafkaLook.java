package dev.longshore.runtime.kafka.topics;

import dev.longshore.events.Topic;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What the doctor asks of Kafka. Every method throws {@link
 * org.apache.kafka.common.KafkaException}, whose cause is Kafka's own, when it refuses or is
 * silent.
 */
public interface KafkaLook extends AutoCloseable {
  /** Brokers that are there, after login. */
  int brokers() throws InterruptedException;

  /** What keeps Longshore from working on its topics. */
  List<TopicProblem> topics() throws InterruptedException;

  /**
   * What this user may not do of what a service does, each such as {@code Write on topic
   * longshore.tags}. What does not exist is not among it.
   */
  List<String> missing(ServiceRights rights) throws InterruptedException;

  /** Events that the topic has taken and not forgotten, marks of transactions among them. */
  long records(Topic topic) throws InterruptedException;

  /** Transactions that keep anybody from reading on, those with the oldest records first. */
  List<OpenTransaction> open() throws InterruptedException;

  /** When the newest event of any topic came, by Kafka's clock. */
  Optional<Instant> newest() throws InterruptedException;

  @Override
  void close();
}
