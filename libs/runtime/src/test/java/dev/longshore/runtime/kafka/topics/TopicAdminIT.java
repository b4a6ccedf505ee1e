package dev.longshore.runtime.kafka.topics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.events.Topic;
import dev.longshore.runtime.testing.SharedKafka;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.CreateTopicsResult;
import org.apache.kafka.clients.admin.ForwardingAdmin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.internals.KafkaFutureImpl;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class TopicAdminIT {
  private static final Duration TIMEOUT = Duration.ofSeconds(20);
  private static Admin admin;

  @BeforeAll
  static void start() {
    admin = Admin.create(SharedKafka.broker().connection());
  }

  @AfterAll
  static void stop() {
    admin.close();
  }

  @Test
  void missingTopicsAreCreatedOnceAndThenNothingIsWrong() throws Exception {
    TopicAdmin topics = new TopicAdmin(admin, Topics.specs("made.", (short) 1), TIMEOUT);

    assertThat(topics.check())
        .hasSize(Topic.values().length)
        .allSatisfy(p -> assertThat(p.what()).isEqualTo("does not exist"));
    assertThat(topics.createMissing())
        .hasSize(Topic.values().length)
        .contains("made.tags", "made.hints", "made.served");
    assertThat(topics.createMissing()).isEmpty();
    assertThat(topics.check()).isEmpty();
  }

  /** The start of a service says it so, and the command then creates these alone. */
  @Test
  void aKafkaOfTheFirstReleaseLacksTheTopicsThatCameAfterIt() throws Exception {
    List<TopicSpec> specs = Topics.specs("first.", (short) 1);
    List<String> first =
        Stream.of(
                "hints",
                "observed",
                "converted",
                "failed",
                "retry",
                "dead",
                "tags",
                "images",
                "blobs",
                "pins",
                "audit")
            .map(name -> "first." + name)
            .toList();
    new TopicAdmin(
            admin, specs.stream().filter(spec -> first.contains(spec.name())).toList(), TIMEOUT)
        .createMissing();
    TopicAdmin topics = new TopicAdmin(admin, specs, TIMEOUT);

    assertThat(topics.check())
        .hasSize(8)
        .allSatisfy(
            problem ->
                assertThat(problem.toString())
                    .endsWith("does not exist; create it: longshore topics --create"));
    assertThat(topics.createMissing()).hasSize(8).doesNotContainAnyElementsOf(first);
    assertThat(topics.check()).isEmpty();
  }

  @Test
  void aPolicyThatIsAListIsMendedByACommandThatTakesOne() throws Exception {
    admin
        .createTopics(
            List.of(
                new NewTopic("list.pulls", 12, (short) 1)
                    .configs(
                        Map.of(
                            "cleanup.policy", "compact",
                            "retention.ms", "1000",
                            "delete.retention.ms", "1000",
                            "message.timestamp.type", "LogAppendTime"))))
        .all()
        .get();

    TopicAdmin topics =
        new TopicAdmin(
            admin,
            Topics.specs("list.", (short) 1).stream()
                .filter(spec -> spec.topic() == Topic.PULLS)
                .toList(),
            TIMEOUT);
    topics.createMissing();

    assertThat(topics.check())
        .extracting(TopicProblem::toString)
        .satisfiesExactly(
            policy -> assertThat(policy).endsWith("--add-config cleanup.policy=[compact,delete]"),
            pulls -> assertThat(pulls).endsWith("--add-config retention.ms=34560000000"),
            deletions -> assertThat(deletions).endsWith("delete.retention.ms=2592000000"));
  }

  @Test
  void everyWrongSettingIsNamedWithTheCommandThatMendsIt() throws Exception {
    admin
        .createTopics(
            List.of(
                new NewTopic("bad.tags", 3, (short) 1)
                    .configs(
                        Map.of(
                            "cleanup.policy", "delete",
                            "delete.retention.ms", "86400000",
                            "max.message.bytes", "1000")),
                new NewTopic("bad.hints", 12, (short) 1)
                    .configs(
                        Map.of("retention.ms", "1000", "message.timestamp.type", "LogAppendTime"))))
        .all()
        .get();
    TopicAdmin topics = new TopicAdmin(admin, Topics.specs("bad.", (short) 1), TIMEOUT);
    topics.createMissing();

    assertThat(topics.check())
        .extracting(p -> p.topic() + " " + p.what())
        .containsExactlyInAnyOrder(
            "bad.tags has 3 partitions (expected: 12)",
            "bad.tags has cleanup.policy=delete (expected: compact)",
            "bad.tags has message.timestamp.type=CreateTime (expected: LogAppendTime)",
            "bad.tags has max.message.bytes=1000 (expected: at least 262144)",
            "bad.tags has delete.retention.ms=86400000 (expected: at least 2592000000)",
            "bad.hints has retention.ms=1000 (expected: at least 604800000)");
    assertThat(topics.check())
        .extracting(TopicProblem::toString)
        .contains(
            "topic bad.hints: has retention.ms=1000 (expected: at least 604800000); run"
                + " kafka-configs.sh --alter --entity-type topics --entity-name bad.hints"
                + " --add-config retention.ms=604800000");
  }

  @Test
  void tooFewReplicasAreNamed() throws Exception {
    new TopicAdmin(admin, Topics.specs("few.", (short) 1), TIMEOUT).createMissing();

    assertThat(new TopicAdmin(admin, Topics.specs("few.", (short) 3), TIMEOUT).check())
        .extracting(TopicProblem::what)
        .contains(
            "is kept 1 times (expected: at least 3)",
            "has min.insync.replicas=1 (expected: at least 2)");
  }

  @Test
  void whatKafkaRefusesIsSaid() {
    TopicAdmin topics = new TopicAdmin(admin, Topics.specs("many.", (short) 3), TIMEOUT);

    assertThatThrownBy(topics::createMissing)
        .isInstanceOf(KafkaException.class)
        .hasMessageContaining("creating topic many.hints: Kafka refused")
        .hasMessageContaining("replication factor of 3");
  }

  @Test
  void aBrokerThatIsNotCountedInForAMomentIsWaitedFor() throws Exception {
    try (RefusingOnce refusing = new RefusingOnce(SharedKafka.broker().connection())) {
      TopicAdmin topics = new TopicAdmin(refusing, Topics.specs("late.", (short) 1), TIMEOUT);

      assertThat(topics.createMissing()).hasSize(Topic.values().length);
      assertThat(refusing.asked).as("once for all, then each").isEqualTo(1 + Topic.values().length);
    }
  }

  /** Answers the first creation as Kafka does while its only broker is fenced. */
  private static final class RefusingOnce extends ForwardingAdmin {
    private int asked;

    RefusingOnce(Map<String, Object> connection) {
      super(connection);
    }

    @Override
    public CreateTopicsResult createTopics(
        Collection<NewTopic> topics, CreateTopicsOptions options) {
      if (asked++ > 0) {
        return super.createTopics(topics, options);
      }
      Map<String, KafkaFuture<CreateTopicsResult.TopicMetadataAndConfig>> refusals =
          new HashMap<>();
      for (NewTopic topic : topics) {
        KafkaFutureImpl<CreateTopicsResult.TopicMetadataAndConfig> refusal =
            new KafkaFutureImpl<>();
        refusal.completeExceptionally(
            new InvalidReplicationFactorException("All brokers are currently fenced"));
        refusals.put(topic.name(), refusal);
      }
      return new CreateTopicsResult(refusals) {};
    }
  }

  @Test
  void aKafkaThatDoesNotAnswerIsNotWaitedForLonger() {
    try (Admin nowhere = Admin.create(Map.of("bootstrap.servers", "127.0.0.1:1"))) {
      TopicAdmin topics =
          new TopicAdmin(nowhere, Topics.specs("", (short) 1), Duration.ofMillis(200));

      assertThatThrownBy(topics::check)
          .isInstanceOf(KafkaException.class)
          .hasMessageContaining("Kafka did not answer within PT0.2S");
      nowhere.close(Duration.ZERO);
    }
  }
}
