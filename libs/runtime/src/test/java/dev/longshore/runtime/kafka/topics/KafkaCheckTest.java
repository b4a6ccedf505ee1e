package dev.longshore.runtime.kafka.topics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.Topic;
import dev.longshore.model.check.testing.Found;
import dev.longshore.runtime.kafka.link.KafkaSettings;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class KafkaCheckTest {
  private final Kafka kafka = new Kafka();

  /** A Kafka that answers what the test says. */
  private static final class Kafka implements KafkaLook {
    private final List<TopicProblem> problems = new ArrayList<>();
    private final List<String> missing = new ArrayList<>();
    private final List<OpenTransaction> open = new ArrayList<>();
    private Instant newest = Instant.now();
    private long hints = 3;
    private @Nullable KafkaException failure;
    private boolean closed;

    @Override
    public int brokers() {
      if (failure != null) {
        throw failure;
      }
      return 1;
    }

    @Override
    public List<TopicProblem> topics() {
      return problems;
    }

    @Override
    public List<String> missing(ServiceRights rights) {
      return missing;
    }

    @Override
    public long records(Topic topic) {
      return topic == Topic.HINTS ? hints : 0;
    }

    @Override
    public List<OpenTransaction> open() {
      return open;
    }

    @Override
    public Optional<Instant> newest() {
      return Optional.of(newest);
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  private Found look(int replicas) throws Exception {
    KafkaSettings settings =
        new KafkaSettings(List.of("127.0.0.1:9092"), "longshore.", replicas, null);
    ServiceRights watcher = ServiceRights.ALL.getFirst();
    return Found.by(
        new KafkaCheck(settings, () -> kafka, List.of(watcher), true, Clock.systemUTC()));
  }

  @Test
  void aKafkaAsItMustBeIsFineAndIsLetGo() throws Exception {
    Found found = look(1);

    assertThat(found.wrong()).isEmpty();
    assertThat(found.warnings()).isEmpty();
    assertThat(found.fine())
        .contains(
            "127.0.0.1:9092: 1 broker", " topics, as Longshore needs them", "the watcher needs");
    assertThat(kafka.closed).isTrue();
  }

  @Test
  void aRefusedLoginNamesTheFileThatHasIt() throws Exception {
    kafka.failure =
        new KafkaException("ask", new SaslAuthenticationException("Authentication failed"));

    assertThat(look(1).wrong())
        .contains("log in at 127.0.0.1:9092", "Authentication failed", "kafka.client-properties");
  }

  @Test
  void aSilentKafkaNamesTheAddressAndTheProtocol() throws Exception {
    kafka.failure = new KafkaException("ask for the brokers: no answer within 8 s");

    assertThat(look(1).wrong()).contains("no answer within 8 s", "kafka.bootstrap-servers");
  }

  @Test
  void aMissingTopicIsToldWithTheCommandThatCreatesIt() throws Exception {
    kafka.problems.add(
        new TopicProblem("longshore.pins", "does not exist", "longshore topics --create"));

    assertThat(look(1).wrong())
        .isEqualTo("look at topic longshore.pins: does not exist; longshore topics --create");
  }

  @Test
  void missingRightsAreNamedEach() throws Exception {
    kafka.missing.add("Write on topic longshore.tags");

    assertThat(look(1).wrong())
        .contains("missing: Write on topic longshore.tags", "User:longshore-watcher", "--service");
  }

  @Test
  void moreReplicasThanBrokersAreWrong() throws Exception {
    assertThat(look(3).wrong()).contains("3 replicas, 1 brokers");
  }

  @Test
  void thatNoRegistryEverToldOfAPushIsAHint() throws Exception {
    kafka.hints = 0;

    assertThat(look(1).warnings()).contains("none came", "/hooks/NAME");
  }

  @Test
  void aKafkaWhoseClockIsAheadIsToldByItsNewestEvent() throws Exception {
    kafka.newest = Instant.now().plus(Duration.ofMinutes(10));

    assertThat(look(1).wrong()).contains("Kafka's newest event", "ahead of ours", "NTP");
  }

  @Test
  void aTransactionThatKafkaHasLostIsToldWithItsPlaceAndTheCommandThatEndsIt() throws Exception {
    kafka.open.add(openSince(Duration.ofMinutes(2)));

    assertThat(look(1).wrong())
        .contains(
            "longshore.tags-8 can be read to offset 120 of 125 only",
            "abort --topic longshore.tags --partition 8 --start-offset 120");
  }

  @Test
  void aTransactionThatIsUnderWayIsFine() throws Exception {
    kafka.open.add(openSince(Duration.ofSeconds(2)));

    assertThat(look(1).wrong()).isEmpty();
  }

  private static OpenTransaction openSince(Duration age) {
    return new OpenTransaction(
        new TopicPartition("longshore.tags", 8), 120, 125, Instant.now().minus(age));
  }
}
