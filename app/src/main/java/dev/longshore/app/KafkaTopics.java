package dev.longshore.app;

import dev.longshore.runtime.kafka.link.KafkaFailure;
import dev.longshore.runtime.kafka.link.KafkaSettings;
import dev.longshore.runtime.kafka.topics.TopicAdmin;
import dev.longshore.runtime.kafka.topics.TopicProblem;
import dev.longshore.runtime.kafka.topics.WantedTopics;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;

/** Checks or creates Longshore's topics before anything uses them. */
final class KafkaTopics {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private final KafkaSettings kafka;

  KafkaTopics(KafkaSettings kafka) {
    this.kafka = kafka;
  }

  /** Creates missing topics in the development run's own Kafka. */
  void create() throws InterruptedException {
    try (Admin admin = KafkaAdmin.open(kafka, LIMIT)) {
      topics(admin, LIMIT).createMissing();
    }
  }

  /** Fails unless the user's Kafka has all topics as Longshore needs them. */
  void check() throws InterruptedException {
    Optional<String> problem = problem(LIMIT);
    if (problem.isPresent()) {
      throw new IllegalStateException(problem.get());
    }
  }

  /**
   * Problems of the user's Kafka, in words; empty if it has all topics as Longshore needs them.
   *
   * @param limit for each answer of Kafka
   * @throws KafkaException if it gives none
   */
  Optional<String> problem(Duration limit) throws InterruptedException {
    List<TopicProblem> problems;
    try (Admin admin = KafkaAdmin.open(kafka, limit)) {
      problems = topics(admin, limit).check();
    } catch (KafkaException e) {
      throw new KafkaException(
          "Kafka at " + String.join(",", kafka.bootstrapServers()) + ": " + KafkaFailure.words(e),
          e);
    }
    return problems.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "Kafka is not set up for Longshore:\n  "
                + problems.stream()
                    .map(TopicProblem::toString)
                    .collect(Collectors.joining("\n  ")));
  }

  private TopicAdmin topics(Admin admin, Duration limit) throws InterruptedException {
    return new TopicAdmin(admin, WantedTopics.of(kafka, admin, limit), limit);
  }
}
