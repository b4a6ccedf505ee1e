package dev.longshore.runtime.kafka.topics;

import dev.longshore.runtime.kafka.link.KafkaFailure;
import dev.longshore.runtime.kafka.link.KafkaSettings;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.common.KafkaException;

/** Longshore's topics by the settings, or by the number of brokers. */
public final class WantedTopics {
  /** The assumed number of brokers of a Kafka that is not asked. */
  private static final int BROKERS = 3;

  private WantedTopics() {}

  /** For a Kafka without asking for its brokers. */
  public static List<TopicSpec> unasked(KafkaSettings kafka) {
    return of(kafka, BROKERS);
  }

  /**
   * For this Kafka.
   *
   * @param limit for its answer
   * @throws KafkaException if it gives none
   */
  public static List<TopicSpec> of(KafkaSettings kafka, Admin admin, Duration limit)
      throws InterruptedException {
    return of(kafka, kafka.replicationFactor() == null ? brokers(admin, limit) : BROKERS);
  }

  private static List<TopicSpec> of(KafkaSettings kafka, int brokers) {
    Integer wanted = kafka.replicationFactor();
    short replicas = wanted == null ? Topics.replicas(brokers) : wanted.shortValue();
    Integer inSync = kafka.minInSync();
    return inSync == null
        ? Topics.specs(kafka.topicPrefix(), replicas)
        : Topics.specs(kafka.topicPrefix(), replicas, Math.min(inSync, replicas));
  }

  /** Including brokers that are briefly away. */
  private static int brokers(Admin admin, Duration limit) throws InterruptedException {
    try {
      return admin
          .describeCluster(new DescribeClusterOptions().includeFencedBrokers(true))
          .nodes()
          .get(limit.toMillis(), TimeUnit.MILLISECONDS)
          .size();
    } catch (ExecutionException e) {
      throw new KafkaException("counting brokers: " + KafkaFailure.words(e), e);
    } catch (TimeoutException e) {
      throw new KafkaException(
          "counting brokers: Kafka did not answer within " + limit + "; " + KafkaFailure.NO_ANSWER,
          e);
    }
  }
}
