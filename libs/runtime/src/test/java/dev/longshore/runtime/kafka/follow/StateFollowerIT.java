package dev.longshore.runtime.kafka.follow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.SiteCredentialsState;
import dev.longshore.events.SiteCredentialsState.Credential;
import dev.longshore.events.State;
import dev.longshore.events.Topic;
import dev.longshore.model.Digest;
import dev.longshore.model.SiteName;
import dev.longshore.runtime.kafka.topics.TopicAdmin;
import dev.longshore.runtime.kafka.topics.TopicSpec;
import dev.longshore.runtime.kafka.topics.Topics;
import dev.longshore.runtime.kafka.write.StateWriter;
import dev.longshore.runtime.kafka.write.WrittenState;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.runtime.testing.KafkaBroker;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A topic of states that is followed in memory while Kafka goes away and comes back. */
class StateFollowerIT {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final String PREFIX = "follow.";
  private static final Instant AT = Instant.parse("2026-03-01T12:00:00Z");

  private final AtomicReference<@Nullable Map<String, State>> known = new AtomicReference<>();

  private static SiteCredentialsState state(String site, String group) {
    Credential token =
        Credential.token(Digest.of(site.getBytes(StandardCharsets.UTF_8)), AT, AT.plusSeconds(60));
    return new SiteCredentialsState(new SiteName(site), group, List.of(token), null, AT);
  }

  private StateFollower follower(KafkaBroker broker) {
    StateFollower follower =
        new StateFollower(
            broker.connection(), PREFIX, Topic.SITECREDENTIALS, known::set, Clock.systemUTC());
    follower.start();
    return follower;
  }

  private static void write(KafkaBroker broker, SiteCredentialsState state) throws Exception {
    var _ =
        new StateWriter<>(
                WrittenState.SITE_CREDENTIALS,
                broker.connection(),
                PREFIX,
                "test",
                LIMIT,
                Clock.systemUTC())
            .write(state.key(), _ -> Optional.of(state));
  }

  private boolean knows(SiteCredentialsState... states) {
    Map<String, State> now = known.get();
    return now != null && List.of(states).containsAll(now.values()) && now.size() == states.length;
  }

  @Test
  void itKnowsWhatWasThereLastHoweverLongKafkaIsAway(@TempDir Path dir) throws Exception {
    try (KafkaBroker broker = KafkaBroker.start(dir)) {
      try (Admin admin = Admin.create(broker.connection())) {
        List<TopicSpec> followed =
            Topics.specs(PREFIX, (short) 1).stream()
                .filter(spec -> spec.name().equals(Topic.SITECREDENTIALS.name(PREFIX)))
                .toList();
        new TopicAdmin(admin, followed, LIMIT).createMissing();
      }
      write(broker, state("store-17", "shops"));
      write(broker, state("store-18", "shops"));
      try (StateFollower follower = follower(broker)) {
        Eventually.await(
            "both", () -> knows(state("store-17", "shops"), state("store-18", "shops")));
        write(broker, state("store-17", "ships"));
        Eventually.await(
            "the change", () -> knows(state("store-17", "ships"), state("store-18", "shops")));
        Eventually.await("complete", () -> follower.age().isPresent());

        broker.stop();
        Eventually.await("a word about it", () -> follower.problem().isPresent());
        assertThat(follower.problem().get()).contains("follow.sitecredentials");
        assertThat(follower.ended()).isEmpty();
        assertThat(knows(state("store-17", "ships"), state("store-18", "shops"))).isTrue();
        broker.start();
        Eventually.await("no problem", () -> follower.problem().isEmpty());
        write(broker, state("store-19", "shops"));
        Eventually.await("what came later", () -> known.get().containsKey("store-19"));

        append(broker, "store-18", "{}");
        Eventually.await("what cannot be read", () -> !known.get().containsKey("store-18"));
        append(broker, "store-17", null);
        Eventually.await("what was deleted", () -> knows(state("store-19", "shops")));
      }
    }
  }

  private static void append(KafkaBroker broker, String key, @Nullable String value)
      throws Exception {
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(
            broker.connection(), new StringSerializer(), new ByteArraySerializer())) {
      byte[] bytes = value == null ? null : value.getBytes(StandardCharsets.UTF_8);
      producer.send(new ProducerRecord<>(Topic.SITECREDENTIALS.name(PREFIX), key, bytes)).get();
    }
  }
}
