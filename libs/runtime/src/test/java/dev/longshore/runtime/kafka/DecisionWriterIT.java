package dev.longshore.runtime.kafka;

import static dev.longshore.catalog.testing.Samples.forget;
import static dev.longshore.catalog.testing.Samples.undone;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.events.DecisionState;
import dev.longshore.events.EventJson;
import dev.longshore.events.Topic;
import dev.longshore.runtime.kafka.decision.DecisionChangedException;
import dev.longshore.runtime.kafka.decision.DecisionWriter;
import dev.longshore.runtime.kafka.record.Envelopes;
import dev.longshore.runtime.kafka.record.KeyPartitions;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.runtime.testing.KafkaBed;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Decisions on a real Kafka. */
class DecisionWriterIT {
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final Duration SHORT = Duration.ofSeconds(2);
  private static final int AT_ONCE = 4;

  private final Clock clock = Clock.systemUTC();
  private KafkaBed bed;
  private DecisionWriter writer;

  @BeforeEach
  void start() {
    bed = new KafkaBed();
    writer = writer(clock);
  }

  @AfterEach
  void stop() {
    bed.close();
  }

  @Test
  void aDecisionIsWrittenOnceAndChangedByWhoReadItLast() throws Exception {
    DecisionState first = forget("one", 1);
    writer.write(first);
    assertThat(written("one")).containsExactly(first);
    Eventually.await("the catalog has it", () -> bed.catalog().decisions().of("one").isPresent());

    assertThatThrownBy(() -> writer.write(forget("one", 2)))
        .isInstanceOfSatisfying(
            DecisionChangedException.class, e -> assertThat(e.current()).contains(first))
        .hasMessage("decision one is at version 1; look again");
    writer.write(undone(first));
    assertThatThrownBy(() -> writer.write(undone(first)))
        .isInstanceOf(DecisionChangedException.class)
        .hasMessage("decision one is at version 2, undone; look again");
    assertThatThrownBy(() -> writer.write(undone(forget("two", 1))))
        .isInstanceOf(DecisionChangedException.class)
        .hasMessage("decision two is not there; look again");
    assertThat(written("one")).containsExactly(first, undone(first));
    assertThat(written("two")).isEmpty();
  }

  @Test
  void onlyANewerVersionIsBroughtBack() throws Exception {
    DecisionState first = forget("one", 1);
    assertThat(writer.writeIfNewer(undone(first))).isTrue();
    assertThat(writer.writeIfNewer(undone(first))).isFalse();
    assertThat(writer.writeIfNewer(first)).isFalse();
    assertThat(written("one")).containsExactly(undone(first));
  }

  @Test
  void ofManyAtOnceOneWinsAndTheOthersAreToldToLookAgain() throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE)) {
      for (int round = 1; round <= 3; round++) {
        String id = "round" + round;
        List<Callable<Boolean>> writers =
            IntStream.rangeClosed(1, AT_ONCE)
                .<Callable<Boolean>>mapToObj(n -> () -> wins(forget(id, n)))
                .toList();
        long won = 0;
        for (Future<Boolean> each : threads.invokeAll(writers)) {
          won += each.get() ? 1 : 0;
        }
        assertThat(written(id)).as("%s: %d of %d won", id, won, AT_ONCE).hasSize(1);
        assertThat(won).isEqualTo(1);
      }
    }
  }

  private boolean wins(DecisionState decision) throws InterruptedException {
    try {
      writer(clock).write(decision);
      return true;
    } catch (DecisionChangedException e) {
      return false;
    }
  }

  @Test
  void whoWasOvertakenBetweenReadingAndWritingWritesNothing() throws Exception {
    AtomicBoolean overtaken = new AtomicBoolean();
    Clock overtaking =
        new Clock() {
          @Override
          public Instant instant() {
            if (!overtaken.getAndSet(true)) {
              assertThatCodeWins(forget("one", 2));
            }
            return clock.instant();
          }

          @Override
          public ZoneId getZone() {
            return clock.getZone();
          }

          @Override
          public Clock withZone(ZoneId zone) {
            return clock.withZone(zone);
          }
        };

    assertThatThrownBy(() -> writer(overtaking).write(forget("one", 1)))
        .isInstanceOf(DecisionChangedException.class)
        .hasMessage("somebody else is writing decision one; look again");
    assertThat(overtaken).isTrue();
    assertThat(written("one")).containsExactly(forget("one", 2));
  }

  private void assertThatCodeWins(DecisionState decision) {
    try {
      assertThat(wins(decision)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError("nobody interrupts this test", e);
    }
  }

  @Test
  void whatAKilledWriterLeftOpenIsAborted() throws Exception {
    try (KafkaProducer<String, byte[]> killed = raw(bed.prefix() + "decision-one")) {
      killed.initTransactions();
      killed.beginTransaction();
      killed.send(sealed(forget("one", 2))).get();

      writer.write(forget("one", 1));
      assertThat(written("one")).containsExactly(forget("one", 1));
      assertThatThrownBy(killed::commitTransaction).isInstanceOf(ProducerFencedException.class);
    }
  }

  /** Its transaction began before the first version was written, in the same partition. */
  @Test
  void theOpenTransactionOfAnotherDecisionHidesNothing() throws Exception {
    String other =
        IntStream.iterate(0, n -> n + 1)
            .mapToObj(n -> "other" + n)
            .filter(id -> KeyPartitions.of(id) == KeyPartitions.of("one"))
            .findFirst()
            .orElseThrow();
    try (KafkaProducer<String, byte[]> open = raw(bed.prefix() + "decision-" + other)) {
      open.initTransactions();
      open.beginTransaction();
      open.send(sealed(forget(other, 9))).get();
      bed.sendLater(sealed(forget("one", 1)));
      bed.flush();

      assertThatThrownBy(() -> writer(clock, SHORT).write(forget("one", 2)))
          .isInstanceOf(TimeoutException.class);
      open.commitTransaction();
      assertThat(wins(forget("one", 2))).isFalse();
    }
    assertThat(written("one")).containsExactly(forget("one", 1));
  }

  private DecisionWriter writer(Clock itsClock) {
    return writer(itsClock, LIMIT);
  }

  private DecisionWriter writer(Clock itsClock, Duration limit) {
    return new DecisionWriter(bed.connection(), bed.prefix(), "test", limit, itsClock);
  }

  private ProducerRecord<String, byte[]> sealed(DecisionState decision) {
    return new Envelopes(bed.prefix(), "test", clock).seal(decision, decision.id());
  }

  private KafkaProducer<String, byte[]> raw(String transactionalId) {
    Map<String, Object> settings = new HashMap<>(bed.connection());
    settings.put("transactional.id", transactionalId);
    settings.put("linger.ms", 0);
    return new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer());
  }

  /** A commit is confirmed before readers see it, so this reads what every writer has seen. */
  private List<DecisionState> written(String id) throws Exception {
    DecisionState d = forget(id, 1);
    DecisionState none =
        new DecisionState(
            id, 0, d.by(), d.reason(), d.decidedAt(), null, null, d.forget(), null, null, null);
    assertThat(writer.writeIfNewer(none)).isFalse();
    List<DecisionState> written = new ArrayList<>();
    for (var record : bed.records(Topic.DECISIONS)) {
      if (record.key().equals(id)) {
        written.add(EventJson.read(record.value(), DecisionState.class));
      }
    }
    return written;
  }
}
