package dev.longshore.app;

import dev.longshore.catalog.TopicAdmin;
import dev.longshore.catalog.TopicProblem;
import dev.longshore.catalog.Topics;
import dev.longshore.runtime.config.KafkaSettings;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;

/** Longshore's topics before anything works on them. */
final class KafkaTopics {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private final KafkaSettings kafka;

  KafkaTopics(KafkaSettings kafka) {
    this.kafka = kafka;
  }

  /** Creates what is missing, on the development run's own Kafka. */
  void create() throws InterruptedException {
    try (Admin admin = admin()) {
      topics(admin).createMissing();
    }
  }

  /** Fails unless the user's Kafka has all topics as Longshore needs them. */
  void check() throws InterruptedException {
    List<TopicProblem> problems;
    try (Admin admin = admin()) {
      problems = topics(admin).check();
    }
    if (!problems.isEmpty()) {
      throw new IllegalStateException(
          "Kafka is not set up for Longshore:\n  "
              + problems.stream().map(TopicProblem::toString).collect(Collectors.joining("\n  ")));
    }
  }

  private TopicAdmin topics(Admin admin) {
    return new TopicAdmin(
        admin, Topics.specs(kafka.topicPrefix(), (short) kafka.replicationFactor()), LIMIT);
  }

  private Admin admin() {
    Map<String, Object> settings = new HashMap<>(KafkaConnection.of(kafka));
    settings.put("default.api.timeout.ms", (int) LIMIT.toMillis());
    return Admin.create(settings);
  }
}
