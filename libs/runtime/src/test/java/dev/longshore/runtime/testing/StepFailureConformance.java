package dev.longshore.runtime.testing;

import static dev.longshore.runtime.testing.MemoryBus.header;
import static dev.longshore.runtime.testing.Samples.key;
import static dev.longshore.runtime.testing.Samples.observed;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.catalog.CatalogException;
import dev.longshore.events.Failed;
import dev.longshore.events.Topic;
import dev.longshore.runtime.kafka.StepHost;
import dev.longshore.runtime.kafka.dispatch.Handler;
import dev.longshore.runtime.kafka.record.EventRecords;
import dev.longshore.runtime.kafka.record.HeaderNames;
import dev.longshore.runtime.kafka.record.Inbound;
import dev.longshore.runtime.kafka.record.WorkFailureHeaders;
import dev.longshore.runtime.kafka.step.Message;
import dev.longshore.runtime.kafka.step.PermanentFailure;
import dev.longshore.runtime.kafka.step.TransientFailure;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

/** What becomes, in every host of steps, of messages that a step cannot handle. */
abstract class StepFailureConformance extends StepHostScenarios {
  @Test
  void aTransientFailureParksTheMessageUntilItsEndpointIsBack() throws Exception {
    AtomicBoolean away = new AtomicBoolean(true);
    try (StepHost host =
        bed.host(
            (message, _) -> {
              if (number(message) == 1 && away.get()) {
                throw new TransientFailure("registry a", "GET /v2/: refused", null, null);
              }
              return note(message);
            })) {
      host.start();
      bed.send(observed("waits", 1));
      bed.send(observed("goes-on", 2));
      Eventually.await("the other key", () -> numbers("goes-on").equals(List.of(2)));
      Eventually.await("the parked record", () -> bed.records(Topic.RETRY).size() == 1);
      assertThat(bed.endpoints().isOpen("registry a")).isFalse();
      assertThat(numbers("waits")).isEmpty();

      away.set(false);
      bed.endpoints().succeeded("registry a");
      Eventually.await("the parked message", () -> numbers("waits").equals(List.of(1)));
      Eventually.await("the end of the wait", () -> bed.records(Topic.RETRY).size() == 2);
    }
    ConsumerRecord<String, byte[]> parked = bed.records(Topic.RETRY).getFirst();
    ConsumerRecord<String, byte[]> origin = original("waits");
    assertThat(parked.value()).isEqualTo(origin.value());
    assertThat(parked.key()).isEqualTo(origin.key());
    for (var header : origin.headers()) {
      assertThat(header(parked, header.key())).isEqualTo(header(origin, header.key()));
    }
    Message again = handled.stream().filter(m -> m.key().equals(key("waits"))).findFirst().get();
    assertThat(again.topic()).isEqualTo(Topic.OBSERVED);
    assertThat(again.partition()).isEqualTo(origin.partition());
    assertThat(again.offset()).isEqualTo(origin.offset());
    assertThat(again.id()).isEqualTo(MemoryBus.id(origin));
    assertThat(again.appendedAt().toEpochMilli()).isEqualTo(origin.timestamp());
    assertThat(bed.records(Topic.RETRY).getLast().value()).isNull();
    assertThat(bed.records(Topic.DEAD)).isEmpty();
  }

  @Test
  void eachTryThatFindsTheEndpointAwayIsToldWithTheTimeOfTheNext() throws Exception {
    AtomicInteger tries = new AtomicInteger();
    try (StepHost host =
        bed.host(
            (message, _) -> {
              int now = tries.incrementAndGet();
              if (now < 3) {
                throw new TransientFailure("registry a", "refused " + now, null, null);
              }
              return note(message);
            })) {
      host.start();
      bed.send(observed("name", 1));
      Eventually.await("the parked record", () -> bed.records(Topic.RETRY).size() == 1);
      bed.endpoints().succeeded("registry a");
      Eventually.await("what came of it", () -> bed.records(Topic.RETRY).size() == 2);
      bed.endpoints().succeeded("registry a");
      Eventually.await("the message", () -> numbers("name").equals(List.of(1)));
      Eventually.await("the end of the wait", () -> bed.records(Topic.RETRY).size() == 3);
    }
    ConsumerRecord<String, byte[]> parked = bed.records(Topic.RETRY).getFirst();
    ConsumerRecord<String, byte[]> told = bed.records(Topic.RETRY).get(1);
    assertThat(told.value()).isNull();
    assertThat(header(told, WorkFailureHeaders.ATTEMPT)).isEqualTo("2");
    assertThat(header(told, WorkFailureHeaders.CAUSE)).isEqualTo("refused 2");
    assertThat(header(told, WorkFailureHeaders.STAGE)).isEqualTo("test");
    assertThat(Instant.parse(header(parked, WorkFailureHeaders.NEXT_TRY))).isAfter(Instant.EPOCH);
    assertThat(Instant.parse(header(told, WorkFailureHeaders.NEXT_TRY))).isAfter(Instant.EPOCH);
    assertThat(tries).hasValue(3);
  }

  @Test
  void whileAnEndpointIsPausedOneMessageTriesItAndNoOtherCallsIt() throws Exception {
    AtomicBoolean away = new AtomicBoolean(true);
    AtomicInteger calls = new AtomicInteger();
    try (StepHost host =
        bed.host(
            (message, progress) -> {
              progress.require("registry a");
              calls.incrementAndGet();
              if (away.get()) {
                throw new TransientFailure(
                    "registry a", "GET /v2/: refused", Duration.ofMinutes(30), null);
              }
              return note(message);
            })) {
      host.start();
      bed.send(observed("first", 0));
      Eventually.await("the first parked", () -> bed.records(Topic.RETRY).size() == 1);
      for (int i = 1; i <= 30; i++) {
        bed.send(observed("name" + i, i));
      }
      Eventually.await("all parked", () -> bed.records(Topic.RETRY).size() == 31);
      assertThat(calls).hasValue(1);
      assertThat(header(bed.records(Topic.RETRY).getLast(), WorkFailureHeaders.CAUSE))
          .contains("GET /v2/: refused");

      away.set(false);
      bed.endpoints().succeeded("registry a");
      Eventually.await("all handled", () -> handled.size() == 31);
    }
  }

  @Test
  void aNewerMessageOfTheKeyPassesTheParkedOne() throws Exception {
    AtomicBoolean away = new AtomicBoolean(true);
    try (StepHost host =
        bed.host(
            (message, _) -> {
              if (number(message) == 1 && away.get()) {
                throw new TransientFailure("registry a", "503", Duration.ofMinutes(5), null);
              }
              return note(message);
            })) {
      host.start();
      bed.send(observed("name", 1));
      Eventually.await("the parked record", () -> bed.records(Topic.RETRY).size() == 1);
      bed.send(observed("name", 2));
      Eventually.await("the newer message", () -> numbers("name").equals(List.of(2)));
      away.set(false);
      bed.endpoints().succeeded("registry a");
      Eventually.await("both", () -> numbers("name").equals(List.of(2, 1)));
    }
  }

  @Test
  void oneEndpointThatIsAwayHoldsBackNothingOfOthers() throws Exception {
    AtomicBoolean firstAway = new AtomicBoolean(true);
    AtomicBoolean secondAway = new AtomicBoolean(true);
    try (StepHost host =
        bed.host(
            (message, _) -> {
              boolean first = number(message) % 2 == 0;
              if (first ? firstAway.get() : secondAway.get()) {
                throw new TransientFailure(first ? "kubo a" : "kubo b", "refused", null, null);
              }
              return note(message);
            })) {
      host.start();
      for (int i = 0; i < 40; i++) {
        bed.send(observed("name" + i, i));
      }
      // One may have been tried and parked again meanwhile.
      Eventually.await(
          "40 parked",
          () ->
              bed.records(Topic.RETRY).stream().map(ConsumerRecord::key).distinct().count() == 40);
      secondAway.set(false);
      bed.endpoints().succeeded("kubo b");
      Eventually.await("those of b", () -> handled.size() == 20);
      assertThat(handled).allMatch(message -> number(message) % 2 == 1);
      firstAway.set(false);
      bed.endpoints().succeeded("kubo a");
      Eventually.await("all", () -> handled.size() == 40);
    }
  }

  @Test
  void aPermanentFailureEndsInAFailedEventAndADeadLetter() throws Exception {
    try (StepHost host =
        bed.host(
            (message, _) -> {
              if (number(message) == 1) {
                throw new PermanentFailure("DIGEST_MISMATCH", "GET blob: other bytes", null);
              }
              return note(message);
            })) {
      host.start();
      bed.send(observed("name", 1));
      bed.send(observed("name", 2));
      Eventually.await("the next message", () -> numbers("name").equals(List.of(2)));
    }
    ConsumerRecord<String, byte[]> origin = original("name");
    Failed failed = onlyFailed();
    assertThat(failed.key()).isEqualTo(key("name"));
    assertThat(failed.stage()).isEqualTo("test");
    assertThat(failed.reason()).isEqualTo("DIGEST_MISMATCH");
    assertThat(failed.message()).isEqualTo("GET blob: other bytes");
    assertThat(failed.topic()).isEqualTo("observed");
    assertThat(failed.partition()).isEqualTo(origin.partition());
    assertThat(failed.offset()).isEqualTo(origin.offset());
    ConsumerRecord<String, byte[]> dead = bed.records(Topic.DEAD).getFirst();
    assertThat(dead.value()).isEqualTo(origin.value());
    assertThat(MemoryBus.id(dead)).isEqualTo(MemoryBus.id(origin));
    assertThat(header(dead, HeaderNames.REASON)).isEqualTo("DIGEST_MISMATCH");
    assertThat(header(dead, WorkFailureHeaders.CAUSE)).isEqualTo("GET blob: other bytes");
    assertThat(header(dead, HeaderNames.TOPIC)).isEqualTo("observed");
    assertThat(header(dead, HeaderNames.OFFSET)).isEqualTo(Long.toString(origin.offset()));
    assertThat(bed.endpoints().snapshot()).isEmpty();
  }

  @Test
  void whatCannotBeReadBecomesADeadLetter() throws Exception {
    ProducerRecord<String, byte[]> broken =
        new EventRecords("", "test", Clock.systemUTC()).of(observed("name", 1), "an-id");
    try (StepHost host = bed.host((message, _) -> note(message))) {
      host.start();
      bed.append(
          new ProducerRecord<>(
              broken.topic(),
              null,
              null,
              broken.key(),
              "{".getBytes(StandardCharsets.UTF_8),
              broken.headers()));
      bed.append(new ProducerRecord<>("observed", key("name"), new byte[] {1}));
      bed.send(observed("name", 2));
      Eventually.await("the next message", () -> numbers("name").equals(List.of(2)));
    }
    assertThat(bed.records(Topic.DEAD))
        .hasSize(2)
        .allMatch(dead -> header(dead, HeaderNames.REASON).equals(Inbound.MALFORMED_EVENT));
    assertThat(bed.records(Topic.FAILED)).hasSize(2);
  }

  @Test
  void aDefectOfTheStepIsTriedAgainAndThenEndsAsADeadLetter() throws Exception {
    AtomicInteger tries = new AtomicInteger();
    try (StepHost host =
        bed.host(
            (message, _) -> {
              if (number(message) == 1) {
                tries.incrementAndGet();
                throw new IllegalStateException("a defect");
              }
              if (number(message) == 2 && tries.incrementAndGet() < 5) {
                throw new IllegalStateException("a defect of the moment");
              }
              return note(message);
            })) {
      host.start();
      bed.send(observed("name", 1));
      bed.send(observed("name", 2));
      Eventually.await("the next message", () -> numbers("name").equals(List.of(2)));
    }
    assertThat(tries).hasValue(5);
    assertThat(onlyFailed().reason()).isEqualTo(Handler.INTERNAL);
    assertThat(bed.records(Topic.DEAD)).hasSize(1);
  }

  @Test
  void aStoreThatCannotBeUsedHoldsTheMessageAndLosesNothing() throws Exception {
    AtomicBoolean broken = new AtomicBoolean(true);
    AtomicInteger tries = new AtomicInteger();
    try (StepHost host =
        bed.host(
            (message, _) -> {
              tries.incrementAndGet();
              if (broken.get()) {
                throw new CatalogException("catalog: database or disk is full", null);
              }
              return note(message);
            })) {
      host.start();
      bed.send(observed("name", 1));
      Eventually.await("the first try", () -> tries.get() == 1);
      Eventually.await("the pause", () -> !bed.endpoints().isOpen(Handler.STORE));
      bed.send(observed("name", 2));
      bed.send(observed("another", 3));

      broken.set(false);
      bed.endpoints().succeeded(Handler.STORE);
      Eventually.await("all of the name", () -> numbers("name").equals(List.of(1, 2)));
      Eventually.await("the other name", () -> numbers("another").equals(List.of(3)));
    }
    assertThat(bed.records(Topic.DEAD)).isEmpty();
    assertThat(bed.records(Topic.FAILED)).isEmpty();
    assertThat(bed.records(Topic.RETRY)).isEmpty();
  }

  @Test
  void failuresOfANudgeLeaveNothingBehindThatCouldBeReplayed() throws Exception {
    AtomicInteger looks = new AtomicInteger();
    try (StepHost host =
        bed.host(
            (_, _) -> {
              if (looks.incrementAndGet() == 1) {
                throw new TransientFailure("kubo a", "refused", null, null);
              }
              throw new PermanentFailure("TOO_LARGE", "9 bytes", null);
            })) {
      host.start();
      Eventually.await("a nudge", () -> host.nudge(Topic.OBSERVED, key("name")));
      Eventually.await("the first look", () -> looks.get() == 1);
      Eventually.await("another nudge", () -> host.nudge(Topic.OBSERVED, key("name")));
      Eventually.await("the failure", () -> bed.records(Topic.FAILED).size() == 1);
    }
    assertThat(bed.records(Topic.RETRY)).isEmpty();
    assertThat(bed.records(Topic.DEAD)).isEmpty();
  }

  @Test
  void parkedRecordsOfOtherServicesAreLeftAlone() throws Exception {
    try (StepHost host = bed.host((message, _) -> note(message))) {
      host.start();
      bed.append(parked("pinner", 1));
      bed.append(new ProducerRecord<>("retry", key("name"), null));
      bed.append(parked("tester", 2)); // same partition, so whoever handled this has seen those
      Eventually.await("its own parked message", () -> numbers("name").contains(2));
    }
    assertThat(numbers("name")).containsExactly(2);
    assertThat(bed.records(Topic.DEAD)).isEmpty();
  }

  private static ProducerRecord<String, byte[]> parked(String service, int number) {
    ProducerRecord<String, byte[]> event =
        new EventRecords("", "test", Clock.systemUTC()).of(observed("name", number), "id" + number);
    ProducerRecord<String, byte[]> parked =
        new ProducerRecord<>("retry", null, null, event.key(), event.value(), event.headers());
    Map.of(
            HeaderNames.SERVICE, service,
            WorkFailureHeaders.ENDPOINT, "kubo a",
            WorkFailureHeaders.ATTEMPT, "1",
            HeaderNames.TOPIC, "observed",
            HeaderNames.PARTITION, "0",
            HeaderNames.OFFSET, "0",
            HeaderNames.APPENDED_AT, "2026-01-01T00:00:00Z")
        .forEach(
            (name, value) -> parked.headers().add(name, value.getBytes(StandardCharsets.UTF_8)));
    return parked;
  }
}
