package dev.longshore.app.query.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.events.Topic;
import dev.longshore.runtime.kafka.link.KafkaSettings;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.runtime.testing.KafkaBroker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeptKafkaIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  @TempDir private Path folder;

  private final List<KafkaClients> opened = new ArrayList<>();

  private KafkaClients open(KafkaSettings kafka) {
    KafkaClients clients = KafkaClients.open(kafka);
    opened.add(clients);
    return clients;
  }

  /** A question that Kafka does not answer has a deadline, and the next one new clients. */
  @Test
  void aKafkaThatWentAndCameBackAnswersAgain() throws Exception {
    try (KafkaBroker broker = KafkaBroker.start(folder.resolve("kafka"));
        KeptKafka kept = new KeptKafka(this::open, KeptKafka.Times.USUAL)) {
      KafkaSettings settings = new KafkaSettings(List.of(broker.address()), "", 1, null);
      try (Admin admin = Admin.create(broker.connection())) {
        admin
            .createTopics(List.of(new NewTopic(Topic.POLLS.name(""), Topic.PARTITIONS, (short) 1)))
            .all()
            .get(LIMIT.toSeconds(), TimeUnit.SECONDS);
      }
      KeptKafka.Question<Boolean> question =
          clients -> {
            int nodes = clients.admin().describeCluster().nodes().get(10, TimeUnit.SECONDS).size();
            return clients.polls().isEmpty() && nodes == 1;
          };
      assertThat(kept.ask(settings, question)).isTrue();
      assertThat(kept.ask(settings, question)).isTrue();
      assertThat(opened).hasSize(1);

      broker.stop();
      long since = System.nanoTime();
      assertThatThrownBy(() -> kept.ask(settings, KafkaClients::polls))
          .isInstanceOf(KafkaException.class);
      assertThat(Duration.ofNanos(System.nanoTime() - since)).isLessThan(LIMIT);

      broker.start();
      assertThat(
              Eventually.answer(
                  LIMIT,
                  () -> {
                    try {
                      return kept.ask(settings, question);
                    } catch (KafkaException away) {
                      return false;
                    }
                  },
                  answered -> answered))
          .isTrue();
      assertThat(opened).hasSizeGreaterThan(1);
    }
  }
}
