package dev.longshore.app.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.app.KafkaAdmin;
import dev.longshore.model.check.testing.Found;
import dev.longshore.runtime.kafka.link.KafkaSettings;
import dev.longshore.runtime.kafka.topics.AdminKafkaLook;
import dev.longshore.runtime.kafka.topics.KafkaCheck;
import dev.longshore.runtime.kafka.topics.KafkaLook;
import dev.longshore.runtime.kafka.topics.ServiceRights;
import dev.longshore.runtime.kafka.topics.TopicAdmin;
import dev.longshore.runtime.kafka.topics.Topics;
import dev.longshore.runtime.testing.KafkaBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real Kafka that lets nobody do anything but by an ACL. */
class KafkaRightsIT {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  @TempDir static Path folder;
  private static KafkaBroker broker;

  @BeforeAll
  static void start() throws Exception {
    broker = KafkaBroker.startWithUsers(folder.resolve("kafka"), List.of("longshore-watcher"));
    try (Admin admin = Admin.create(broker.connection(KafkaBroker.ADMIN))) {
      new TopicAdmin(admin, Topics.specs("prod.", (short) 1), LIMIT).createMissing();
    }
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  private static KafkaSettings settings(Map<String, Object> connection) throws IOException {
    Path file = Files.createTempFile(folder, "kafka", ".properties");
    Files.writeString(
        file,
        connection.entrySet().stream()
            .map(one -> one.getKey() + "=" + one.getValue())
            .collect(Collectors.joining("\n")));
    return new KafkaSettings(List.of(broker.address()), "prod.", 1, file);
  }

  private static KafkaLook open(KafkaSettings settings) {
    return new AdminKafkaLook(settings, KafkaAdmin.open(settings, AdminKafkaLook.LIMIT));
  }

  private static Found look(Map<String, Object> connection) throws Exception {
    KafkaSettings settings = settings(connection);
    ServiceRights watcher = ServiceRights.ALL.getFirst();
    return Found.by(
        new KafkaCheck(settings, () -> open(settings), List.of(watcher), false, Clock.systemUTC()));
  }

  @Test
  void whoMayDoEverythingMissesNothing() throws Exception {
    Found found = look(broker.connection(KafkaBroker.ADMIN));

    assertThat(found.wrong()).isEmpty();
    assertThat(found.fine())
        .contains(" topics, as Longshore needs them", "the watcher needs: given");
  }

  @Test
  void whoMayDoNothingIsToldWhichRightsToAskFor() throws Exception {
    KafkaSettings settings = settings(broker.connection("longshore-watcher"));
    try (KafkaLook look = open(settings)) {
      assertThat(look.missing(ServiceRights.ALL.getFirst()))
          .contains("Read on topic prod.hints", "Write on topic prod.observed")
          .contains("Read on group prod.watcher")
          .doesNotContain("Write on topic prod.converted");
    }
    assertThat(look(broker.connection("longshore-watcher")).wrong())
        .contains("missing: Read on topic prod.hints")
        .contains("run what 'longshore topics' prints for User:longshore-watcher");
  }

  /** As after an upgrade: rights to topics that came with it are not given yet. */
  @Test
  void aStartWithoutTheRightToLookSaysWhichRightsAreMissing() throws Exception {
    try (Admin admin = Admin.create(broker.connection("longshore-watcher"))) {
      TopicAdmin topics = new TopicAdmin(admin, Topics.specs("prod.", (short) 1), LIMIT);

      assertThatThrownBy(topics::check)
          .isInstanceOf(KafkaException.class)
          .hasMessageContaining("looking at topic prod.")
          .hasMessageContaining("give the rights that 'longshore topics' prints");
    }
  }

  @Test
  void aWrongPasswordIsToldAsThat() throws Exception {
    assertThat(look(broker.connection("nobody")).wrong())
        .contains("Authentication failed", "sasl.jaas.config", "kafka.client-properties");
  }
}
