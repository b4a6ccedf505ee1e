package dev.longshore.runtime.kafka.topics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.catalog.WorkFailure;
import dev.longshore.catalog.testing.Samples;
import dev.longshore.events.Topic;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class TopicsTest {
  @Test
  void everyTopicHasTwelvePartitionsAppendTimesAndTheWantedReplicas() {
    List<TopicSpec> specs = Topics.specs("", (short) 3);

    assertThat(specs).extracting(TopicSpec::topic).containsExactly(Topic.values());
    assertThat(specs)
        .allSatisfy(
            s -> {
              assertThat(s.partitions()).isEqualTo(12);
              assertThat(s.replicas()).isEqualTo((short) 3);
              assertThat(s.config())
                  .containsEntry("message.timestamp.type", "LogAppendTime")
                  .containsEntry("min.insync.replicas", "2");
            });
  }

  @Test
  void stateTopicsAreCompactedAndKeepDeletionsThirtyDays() {
    assertThat(spec(Topic.PINS).config())
        .containsEntry("cleanup.policy", "compact")
        .containsEntry("delete.retention.ms", "2592000000")
        .doesNotContainKey("retention.ms");
  }

  @Test
  void pullsAreCompactedAndKeptForMoreThanAYear() {
    assertThat(spec(Topic.PULLS).config())
        .containsEntry("cleanup.policy", "compact,delete")
        .containsEntry("retention.ms", "34560000000")
        .containsEntry("delete.retention.ms", "2592000000");
  }

  @Test
  void everyTopicOfStateIsCompacted() {
    assertThat(Topics.specs("", (short) 1))
        .filteredOn(spec -> spec.topic().holdsState())
        .extracting(TopicSpec::name)
        .containsExactly(
            "tags",
            "images",
            "blobs",
            "pins",
            "copies",
            "peers",
            "served",
            "sites",
            "sitecredentials",
            "decisions",
            "polls",
            "pulls");
    assertThat(Topics.specs("", (short) 1))
        .allSatisfy(
            spec ->
                assertThat(spec.config().get("cleanup.policy").startsWith("compact"))
                    .isEqualTo(spec.topic().holdsState()));
  }

  @Test
  void workTopicsAreKeptByTime() {
    assertThat(spec(Topic.HINTS).config())
        .containsEntry("cleanup.policy", "delete")
        .containsEntry("retention.ms", "604800000")
        .containsEntry("min.insync.replicas", "1");
    assertThat(List.of(Topic.DEAD, Topic.RETRY))
        .allSatisfy(
            waiting ->
                assertThat(spec(waiting).config()).containsEntry("retention.ms", "2592000000"));
  }

  @Test
  void failuresAreKeptForAsLongAsACatalogKeepsThem() {
    assertThat(Topics.retention(Topic.FAILED)).isEqualTo(WorkFailure.KEPT);
  }

  @Test
  void theAuditLogIsKeptForAQuarter() {
    assertThat(spec(Topic.AUDIT).config())
        .containsEntry("cleanup.policy", "delete")
        .containsEntry("retention.ms", "7776000000");
  }

  @Test
  void namesBeginWithThePrefix() {
    assertThat(Topics.specs("prod.", (short) 1))
        .extracting(TopicSpec::name)
        .startsWith("prod.hints", "prod.observed");
  }

  @Test
  void recordsGoToTheTopicOfTheirType() {
    assertThat(Topic.of(Samples.tag("a", "1", 1))).isEqualTo(Topic.TAGS);
    assertThat(Topic.of(Samples.image(1))).isEqualTo(Topic.IMAGES);
    assertThat(Topic.of(Samples.blob(1))).isEqualTo(Topic.BLOBS);
    assertThat(Topic.of(Samples.pin(1, 1, 1))).isEqualTo(Topic.PINS);
    assertThat(Topic.of(Samples.failed("key"))).isEqualTo(Topic.FAILED);
  }

  @Test
  void commandsCreateEachTopicWithItsSettings() {
    assertThat(new TopicCommands("kafka:9093", "prod.").creation(Topics.specs("prod.", (short) 3)))
        .hasSize(19)
        .contains(
            "kafka-topics.sh --bootstrap-server kafka:9093 --create --if-not-exists"
                + " --topic prod.tags --partitions 12 --replication-factor 3"
                + " --config cleanup.policy=compact --config delete.retention.ms=2592000000"
                + " --config max.message.bytes=1048576"
                + " --config message.timestamp.type=LogAppendTime --config min.insync.replicas=2"
                + " --config segment.bytes=67108864 --config segment.ms=86400000");
  }

  @Test
  void eachServiceMayWriteItsOwnTopicsAndTheOutcomesOnly() {
    List<String> acls = new TopicCommands("kafka:9093", "prod.").acls();

    assertThat(topicsOf(acls, "longshore-watcher", "Write"))
        .containsExactlyInAnyOrder(
            "prod.hints",
            "prod.observed",
            "prod.tags",
            "prod.polls",
            "prod.failed",
            "prod.retry",
            "prod.dead",
            "prod.audit");
    assertThat(topicsOf(acls, "longshore-pinner", "Write"))
        .containsExactlyInAnyOrder(
            "prod.pins",
            "prod.copies",
            "prod.peers",
            "prod.served",
            "prod.failed",
            "prod.retry",
            "prod.dead",
            "prod.audit");
    assertThat(topicsOf(acls, "longshore-resolver", "Write"))
        .containsExactlyInAnyOrder("prod.pulls", "prod.audit");
    assertThat(topicsOf(acls, "longshore-resolver", "Read"))
        .containsExactlyInAnyOrder(
            "prod.tags",
            "prod.images",
            "prod.blobs",
            "prod.pins",
            "prod.copies",
            "prod.served",
            "prod.peers",
            "prod.decisions",
            "prod.failed",
            "prod.retry");
    assertThat(acls)
        .contains(
            "kafka-acls.sh --bootstrap-server kafka:9093 --add"
                + " --allow-principal User:longshore-converter --operation Write"
                + " --resource-pattern-type prefixed --transactional-id prod.converter",
            "kafka-acls.sh --bootstrap-server kafka:9093 --add"
                + " --allow-principal User:longshore-converter --operation Read"
                + " --group prod.converter");
  }

  /**
   * Each key has one writer: no other service can break what one has written. People decide, and no
   * service does.
   */
  @Test
  void everyTopicOfStateIsWrittenByOneServiceAndDecisionsByNone() {
    for (Topic topic : Topic.values()) {
      if (topic.holdsState() && topic != Topic.PULLS) {
        assertThat(ServiceRights.ALL)
            .as(topic.name())
            .filteredOn(service -> service.writes().contains(topic))
            .hasSize(topic == Topic.DECISIONS ? 0 : 1);
      }
    }
  }

  /** Who breaks into a resolver or a command's user cannot let a site in. */
  @Test
  void aHubAloneReadsAndWritesByWhatSitesAreKnown() {
    assertThat(ServiceRights.ALL)
        .filteredOn(
            service ->
                service.reads().contains(Topic.SITECREDENTIALS)
                    || service.writes().contains(Topic.SITECREDENTIALS))
        .extracting(ServiceRights::service)
        .containsExactly("hub");
    List<String> acls = new TopicCommands("kafka:9093", "prod.").acls();
    assertThat(topicsOf(acls, "longshore-cli", "Read"))
        .contains("prod.sites")
        .doesNotContain("prod.sitecredentials");
    assertThat(acls)
        .filteredOn(acl -> acl.contains("--transactional-id prod.sitecredentials-"))
        .containsExactly(
            "kafka-acls.sh --bootstrap-server kafka:9093 --add"
                + " --allow-principal User:longshore-hub --operation Write"
                + " --resource-pattern-type prefixed --transactional-id prod.sitecredentials-");
  }

  @Test
  void peopleMayLookAtEverythingPushReplayAndDecide() {
    List<String> acls = new TopicCommands("kafka:9093", "prod.").acls();

    assertThat(topicsOf(acls, "longshore-cli", "Write"))
        .containsExactlyInAnyOrder(
            "prod.hints", "prod.observed", "prod.converted", "prod.audit", "prod.decisions");
    assertThat(topicsOf(acls, "longshore-cli", "Read"))
        .contains("prod.dead", "prod.audit", "prod.hints", "prod.tags", "prod.pins");
    assertThat(acls)
        .contains(
            "kafka-acls.sh --bootstrap-server kafka:9093 --add"
                + " --allow-principal User:longshore-cli --operation Describe"
                + " --group prod.watcher --group prod.converter --group prod.pinner",
            "kafka-acls.sh --bootstrap-server kafka:9093 --add"
                + " --allow-principal User:longshore-cli --operation Read --group prod.replay",
            "kafka-acls.sh --bootstrap-server kafka:9093 --add"
                + " --allow-principal User:longshore-cli --operation Write"
                + " --transactional-id prod.replay",
            "kafka-acls.sh --bootstrap-server kafka:9093 --add"
                + " --allow-principal User:longshore-cli --operation Write"
                + " --resource-pattern-type prefixed --transactional-id prod.decision-");
  }

  @Test
  void aPageAloneKnowsSitesReplaysAndDecidesAndReadsNoAuditLog() {
    List<String> acls = new TopicCommands("kafka:9093", "prod.").acls();

    assertThat(topicsOf(acls, "longshore-ops", "Write"))
        .isEqualTo(topicsOf(acls, "longshore-cli", "Write"));
    assertThat(topicsOf(acls, "longshore-ops", "Read"))
        .contains("prod.sites", "prod.sitecredentials", "prod.dead", "prod.tags", "prod.pins")
        .doesNotContain("prod.audit", "prod.hints", "prod.observed", "prod.converted");
    assertThat(acls)
        .filteredOn(acl -> acl.contains("User:longshore-ops"))
        .noneMatch(acl -> acl.contains("--transactional-id prod.sitecredentials-"));
  }

  private static TopicSpec spec(Topic topic) {
    return Topics.specs("", (short) 1).stream()
        .filter(s -> s.topic() == topic)
        .findFirst()
        .orElseThrow();
  }

  private static Set<String> topicsOf(List<String> acls, String user, String operation) {
    return acls.stream()
        .filter(a -> a.contains("User:" + user + " --operation " + operation + " --topic"))
        .flatMap(a -> List.of(a.split(" --topic ")).stream().skip(1))
        .collect(Collectors.toSet());
  }
}
