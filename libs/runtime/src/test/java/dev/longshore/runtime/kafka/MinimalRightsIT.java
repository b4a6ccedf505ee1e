package dev.longshore.runtime.kafka;

import static dev.longshore.catalog.testing.Samples.forget;
import static dev.longshore.catalog.testing.Samples.undone;
import static dev.longshore.runtime.testing.Samples.converted;
import static dev.longshore.runtime.testing.Samples.observed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.catalog.Catalog;
import dev.longshore.events.DecisionState;
import dev.longshore.events.Hint;
import dev.longshore.events.Observed;
import dev.longshore.events.Origin;
import dev.longshore.events.SiteCredentialsState;
import dev.longshore.events.Topic;
import dev.longshore.model.SiteName;
import dev.longshore.runtime.kafka.decision.DecisionWriter;
import dev.longshore.runtime.kafka.record.EventSender;
import dev.longshore.runtime.kafka.record.NotSentException;
import dev.longshore.runtime.kafka.step.Effects;
import dev.longshore.runtime.kafka.step.PermanentFailure;
import dev.longshore.runtime.kafka.step.Step;
import dev.longshore.runtime.kafka.topics.ServiceRights;
import dev.longshore.runtime.kafka.topics.TopicAdmin;
import dev.longshore.runtime.kafka.topics.Topics;
import dev.longshore.runtime.kafka.write.StateWriter;
import dev.longshore.runtime.kafka.write.WrittenState;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.runtime.testing.HostedSteps;
import dev.longshore.runtime.testing.KafkaBroker;
import dev.longshore.runtime.testing.PrintedRights;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.AuthorizationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rights that {@code longshore topics} prints, on a Kafka that gives no others. */
class MinimalRightsIT {
  private static final String PREFIX = "prod.";
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final Clock clock = Clock.systemUTC();
  private final HostedSteps services = new HostedSteps(PREFIX, clock);
  private KafkaBroker broker;

  @BeforeEach
  void start(@TempDir Path dir) throws Exception {
    broker =
        KafkaBroker.startWithUsers(
            dir,
            List.of(
                "longshore-watcher",
                "longshore-converter",
                "longshore-pinner",
                "longshore-resolver",
                "longshore-hub",
                "longshore-cli",
                "longshore-ops"));
    try (Admin admin = Admin.create(broker.connection(KafkaBroker.ADMIN))) {
      new TopicAdmin(admin, Topics.specs(PREFIX, (short) 1), LIMIT).createMissing();
      PrintedRights.give(admin, PREFIX);
    }
  }

  @AfterEach
  void stop() throws Exception {
    services.close();
    broker.close();
  }

  @Test
  void servicesWorkAndPeoplePushLookAndReplayWithThem() throws Exception {
    AtomicBoolean mended = new AtomicBoolean();
    AtomicInteger pinned = new AtomicInteger();
    host("watcher", Topic.HINTS, (_, _) -> Effects.of(observed("name", 1)));
    host(
        "converter",
        Topic.OBSERVED,
        (message, _) -> {
          if (!mended.get()) {
            throw new PermanentFailure("DIGEST_MISMATCH", "GET blob: other bytes", null);
          }
          return Effects.of(converted((Observed) message.body()));
        });
    host(
        "pinner",
        Topic.CONVERTED,
        (_, _) -> {
          pinned.incrementAndGet();
          return Effects.NONE;
        });

    push("longshore-cli");
    push("longshore-watcher");
    DeadLetters letters = new DeadLetters(user("longshore-cli"), PREFIX, LIMIT);
    Eventually.await("both fail", () -> letters.list(DeadLetterFilter.ALL, 10).size() == 2);
    Catalog looked = follow("longshore-cli");
    assertThat(looked.failures().newest(10)).isNotEmpty();
    assertThat(follow("longshore-resolver").failures().newest(10)).isNotEmpty();
    assertThat(follow("longshore-ops").failures().newest(10)).isNotEmpty();

    mended.set(true);
    DeadLetters ofPage = new DeadLetters(user("longshore-ops"), PREFIX, LIMIT);
    assertThat(new Replay(ofPage).run(DeadLetterFilter.ALL).sent()).hasSize(2);
    Eventually.await("both are converted", () -> pinned.get() == 2);
    assertThat(new Replay(ofPage).run(DeadLetterFilter.ALL).sent()).isEmpty();

    try (Admin people = Admin.create(user("longshore-cli"))) {
      assertThat(new TopicAdmin(people, Topics.specs(PREFIX, (short) 1), LIMIT).check()).isEmpty();
      for (String service : List.of("watcher", "converter", "pinner")) {
        assertThat(
                people
                    .listConsumerGroupOffsets(PREFIX + service)
                    .partitionsToOffsetAndMetadata()
                    .get(LIMIT.toMillis(), TimeUnit.MILLISECONDS))
            .isNotEmpty();
      }
    }
  }

  /** By what Kafka itself says: that holds for topics too that nothing writes to yet. */
  @Test
  void everyServiceMayLookAtAllTopicsAndReadAndWriteItsOwnAlone() throws Exception {
    for (ServiceRights service : ServiceRights.ALL) {
      try (Admin admin = Admin.create(user("longshore-" + service.service()))) {
        assertThat(new TopicAdmin(admin, Topics.specs(PREFIX, (short) 1), LIMIT).check()).isEmpty();
        assertThat(topicsWith(AclOperation.READ, admin))
            .as("read by the " + service.service())
            .isEqualTo(service.reads());
        assertThat(topicsWith(AclOperation.WRITE, admin))
            .as("written by the " + service.service())
            .isEqualTo(service.writes());
      }
    }
    try (Admin people = Admin.create(user("longshore-cli"))) {
      assertThat(topicsWith(AclOperation.READ, people))
          .contains(Topic.COPIES, Topic.SITES)
          .doesNotContain(Topic.SITECREDENTIALS);
    }
    try (Admin page = Admin.create(user("longshore-ops"))) {
      assertThat(topicsWith(AclOperation.READ, page))
          .contains(Topic.COPIES, Topic.SITES, Topic.SITECREDENTIALS)
          .doesNotContain(Topic.AUDIT);
      assertThat(topicsWith(AclOperation.WRITE, page)).doesNotContain(Topic.SITECREDENTIALS);
    }
  }

  private static Set<Topic> topicsWith(AclOperation operation, Admin admin) throws Exception {
    Map<String, TopicDescription> found =
        admin
            .describeTopics(
                Arrays.stream(Topic.values()).map(topic -> topic.name(PREFIX)).toList(),
                new DescribeTopicsOptions().includeAuthorizedOperations(true))
            .allTopicNames()
            .get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    return Arrays.stream(Topic.values())
        .filter(topic -> found.get(topic.name(PREFIX)).authorizedOperations().contains(operation))
        .collect(Collectors.toSet());
  }

  /** Nobody who breaks into a service can bring back what was forgotten. */
  @Test
  void peopleDecideAndNoServiceDoes() throws Exception {
    DecisionState decision = forget("one", 1);
    decide("longshore-cli", decision);
    decide("longshore-ops", forget("two", 2));
    assertThat(follow("longshore-resolver").decisions().of("one")).contains(decision);
    for (ServiceRights service : ServiceRights.ALL) {
      assertThatThrownBy(() -> decide("longshore-" + service.service(), undone(decision)))
          .as(service.service())
          .isInstanceOf(AuthorizationException.class);
    }
  }

  private void decide(String user, DecisionState decision) throws Exception {
    new DecisionWriter(user(user), PREFIX, "test", LIMIT, clock).write(decision);
  }

  /** Nobody who breaks into another service, or types commands as people do, lets a site in. */
  @Test
  void hubsAloneLetSitesIn() throws Exception {
    SiteCredentialsState site =
        new SiteCredentialsState(new SiteName("store-17"), "shops", List.of(), null, Instant.EPOCH);
    assertThat(writes("longshore-hub", site)).contains(site);
    for (String other : List.of("watcher", "converter", "pinner", "resolver", "cli", "ops")) {
      assertThatThrownBy(() -> writes("longshore-" + other, site))
          .as(other)
          .isInstanceOf(AuthorizationException.class);
    }
  }

  private Optional<SiteCredentialsState> writes(String user, SiteCredentialsState state)
      throws Exception {
    return new StateWriter<>(
            WrittenState.SITE_CREDENTIALS, user(user), PREFIX, "test", LIMIT, clock)
        .write(state.key(), _ -> Optional.of(state));
  }

  @Test
  void whoOnlyReadsCannotWrite() {
    assertThatThrownBy(() -> push("longshore-resolver"))
        .isInstanceOf(NotSentException.class)
        .hasMessageContaining("give the rights that 'longshore topics' prints");
  }

  private Map<String, Object> user(String name) {
    return broker.connection(name);
  }

  private void push(String user) throws Exception {
    try (EventSender sender =
        new EventSender(user(user), PREFIX, "test", Duration.ofSeconds(10), clock)) {
      sender.send(
          new Hint(Origin.PUSH, "local", "name", "text/plain", "", false, Instant.EPOCH), user);
    }
  }

  private Catalog follow(String user) throws Exception {
    return services.catalog(user(user), LIMIT);
  }

  private void host(String service, Topic work, Step step) {
    services.start(user("longshore-" + service), service, work, step);
  }
}
