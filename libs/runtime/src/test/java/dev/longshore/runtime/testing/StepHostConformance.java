package dev.longshore.runtime.testing;

import static dev.longshore.runtime.testing.MemoryBus.header;
import static dev.longshore.runtime.testing.Samples.key;
import static dev.longshore.runtime.testing.Samples.observed;
import static dev.longshore.runtime.testing.Samples.state;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.catalog.Topic;
import dev.longshore.catalog.TroubleHeaders;
import dev.longshore.events.EventJson;
import dev.longshore.events.Failed;
import dev.longshore.events.Observed;
import dev.longshore.events.PinState;
import dev.longshore.runtime.kafka.EventRecords;
import dev.longshore.runtime.kafka.Handler;
import dev.longshore.runtime.kafka.HeaderNames;
import dev.longshore.runtime.kafka.Inbound;
import dev.longshore.runtime.kafka.StepHost;
import dev.longshore.runtime.step.Effects;
import dev.longshore.runtime.step.Message;
import dev.longshore.runtime.step.PermanentFailure;
import dev.longshore.runtime.step.TransientFailure;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every host of steps must fulfil. */
public abstract class StepHostConformance {
  private static final String TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

  private StepHostBed bed;
  private final List<Message> handled = new CopyOnWriteArrayList<>();

  /** Surroundings with empty topics. */
  protected abstract StepHostBed bed() throws Exception;

  @BeforeEach
  void open() throws Exception {
    bed = bed();
  }

  @AfterEach
  void close() {
    bed.close();
  }

  private static int number(Message message) {
    return (int) ((Observed) message.body()).size();
  }

  private List<Integer> numbers(String name) {
    return handled.stream()
        .filter(m -> m.key().equals(key(name)))
        .map(StepHostConformance::number)
        .toList();
  }

  private Effects note(Message message) {
    handled.add(message);
    return Effects.NONE;
  }

  @Test
  void messagesOfAKeyAreHandledInTheirOrderOneAtATime() throws Exception {
    Map<String, AtomicInteger> atWork = new ConcurrentHashMap<>();
    AtomicBoolean overlap = new AtomicBoolean();
    try (StepHost host =
        bed.host(
            (message, _) -> {
              AtomicInteger ofKey = atWork.computeIfAbsent(message.key(), _ -> new AtomicInteger());
              overlap.compareAndSet(false, ofKey.incrementAndGet() > 1);
              LockSupport.parkNanos(100_000);
              ofKey.decrementAndGet();
              return note(message);
            })) {
      host.start();
      for (int i = 0; i < 60; i++) {
        bed.send(observed("name" + i % 3, i));
      }
      Eventually.await("60 messages", () -> handled.size() == 60);
    }
    assertThat(overlap).isFalse();
    for (int name = 0; name < 3; name++) {
      int first = name;
      assertThat(numbers("name" + name))
          .hasSize(20)
          .isSorted()
          .allMatch(number -> number % 3 == first);
    }
  }

  @Test
  void keysAreHandledAtOnce() throws Exception {
    CountDownLatch both = new CountDownLatch(2);
    try (StepHost host =
        bed.host(
            (message, _) -> {
              both.countDown();
              both.await(Eventually.LIMIT.toMillis(), TimeUnit.MILLISECONDS);
              return note(message);
            })) {
      host.start();
      bed.send(observed("one", 1));
      bed.send(observed("two", 2));
      assertThat(both.await(30, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void theNextMessageOfAKeyFindsTheStateOfTheOneBeforeInTheCatalog() throws Exception {
    List<Integer> found = new CopyOnWriteArrayList<>();
    try (StepHost host =
        bed.host(
            (message, _) -> {
              found.add(bed.catalog().pin(message.key()).map(PinState::wanted).orElse(0));
              return Effects.of(state(message.key(), number(message)));
            })) {
      host.start();
      for (int i = 1; i <= 20; i++) {
        bed.send(observed("name", i));
      }
      Eventually.await("20 messages", () -> found.size() == 20);
      Eventually.await("20 states", () -> bed.records(Topic.PINS).size() == 20);
    }
    assertThat(found).isEqualTo(IntStream.range(0, 20).boxed().toList());
  }

  @Test
  void whatIsPublishedIsSeenWhileTheStepStillWorks() throws Exception {
    CountDownLatch published = new CountDownLatch(1);
    CountDownLatch mayEnd = new CountDownLatch(1);
    List<Optional<PinState>> found = new CopyOnWriteArrayList<>();
    try (StepHost host =
        bed.host(
            (message, progress) -> {
              progress.publish(Effects.of(state(message.key(), 1)));
              found.add(bed.catalog().pin(message.key()));
              published.countDown();
              mayEnd.await(30, TimeUnit.SECONDS);
              return Effects.of(state(message.key(), 2));
            })) {
      host.start();
      bed.send(observed("name", 1));
      assertThat(published.await(30, TimeUnit.SECONDS)).isTrue();
      assertThat(bed.records(Topic.PINS)).hasSize(1);
      assertThat(found).containsExactly(Optional.of(state(key("name"), 1)));
      mayEnd.countDown();
      Eventually.await("the second state", () -> bed.records(Topic.PINS).size() == 2);
      assertThat(bed.records(Topic.PINS).stream().map(MemoryBus::id).distinct()).hasSize(2);
    }
  }

  @Test
  void outsideWorkFollowsTheCommit() throws Exception {
    List<Integer> statesSeen = new CopyOnWriteArrayList<>();
    try (StepHost host =
        bed.host(
            (message, _) ->
                new Effects(
                    List.of(state(message.key(), 1)),
                    List.of(
                        () -> {
                          throw new IllegalStateException("a defect after the commit");
                        },
                        () -> statesSeen.add(bed.records(Topic.PINS).size()))))) {
      host.start();
      bed.send(observed("name", 1));
      Eventually.await("the outside work", () -> !statesSeen.isEmpty());
    }
    assertThat(statesSeen).containsExactly(1);
  }

  @Test
  void recordsAreCloudEventsThatCarryTheTrace() throws Exception {
    ProducerRecord<String, byte[]> record =
        new EventRecords("", "test", Clock.systemUTC()).of(observed("name", 7), "an-id");
    record.headers().remove("traceparent");
    record.headers().add("traceparent", TRACE.getBytes(StandardCharsets.UTF_8));
    try (StepHost host =
        bed.host(
            (message, _) -> {
              handled.add(message);
              return Effects.of(state(message.key(), 1));
            })) {
      host.start();
      bed.append(record);
      Eventually.await("the state", () -> bed.records(Topic.PINS).size() == 1);
    }
    assertThat(handled.getFirst().id()).isEqualTo("an-id");
    ConsumerRecord<String, byte[]> out = bed.records(Topic.PINS).getFirst();
    assertThat(header(out, HeaderNames.CE_SPECVERSION)).isEqualTo("1.0");
    assertThat(header(out, HeaderNames.CE_ID)).matches("[0-9a-f]{32}");
    assertThat(header(out, HeaderNames.CE_SOURCE)).isEqualTo("longshore/tester");
    assertThat(header(out, HeaderNames.CE_TYPE)).isEqualTo("dev.longshore.pin.v1");
    assertThat(header(out, HeaderNames.CE_SUBJECT)).isEqualTo(key("name"));
    assertThat(header(out, HeaderNames.CONTENT_TYPE)).isEqualTo("application/json");
    assertThat(Instant.parse(header(out, HeaderNames.CE_TIME))).isNotNull();
    assertThat(header(out, "traceparent")).startsWith(TRACE.substring(0, 36));
    assertThat(out.headers().headers("traceparent")).hasSize(1);
  }

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
    assertThat(header(told, TroubleHeaders.ATTEMPT)).isEqualTo("2");
    assertThat(header(told, TroubleHeaders.CAUSE)).isEqualTo("refused 2");
    assertThat(header(told, TroubleHeaders.STAGE)).isEqualTo("test");
    assertThat(Instant.parse(header(parked, TroubleHeaders.NEXT_TRY))).isAfter(Instant.EPOCH);
    assertThat(Instant.parse(header(told, TroubleHeaders.NEXT_TRY))).isAfter(Instant.EPOCH);
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
      assertThat(header(bed.records(Topic.RETRY).getLast(), TroubleHeaders.CAUSE))
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
      Eventually.await("40 parked", () -> bed.records(Topic.RETRY).size() == 40);
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
    assertThat(header(dead, TroubleHeaders.CAUSE)).isEqualTo("GET blob: other bytes");
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
  void whatWasFinishedIsNotRepeatedByARestartAndWhatWasNotIs() throws Exception {
    CountDownLatch first = new CountDownLatch(1);
    try (StepHost host =
        bed.host(
            (message, _) -> {
              if (number(message) == 0) {
                first.countDown();
                new CountDownLatch(1).await();
              }
              handled.add(message);
              return Effects.of(state(message.key(), number(message)));
            })) {
      host.start();
      bed.send(observed("slow", 0));
      assertThat(first.await(30, TimeUnit.SECONDS)).isTrue();
      for (int i = 1; i <= 50; i++) {
        bed.send(observed("quick" + i, i));
      }
      Eventually.await("50 states", () -> bed.records(Topic.PINS).size() == 50);
      host.stop(Duration.ofMillis(50));
    }
    handled.clear();
    try (StepHost host = bed.host((message, _) -> note(message))) {
      host.start();
      bed.send(observed("last", 99));
      Eventually.await("the slow and the last one", () -> handled.size() == 2);
      host.stop(Duration.ofSeconds(10));
    }
    assertThat(handled.stream().map(StepHostConformance::number)).containsExactlyInAnyOrder(0, 99);
  }

  @Test
  void aStopLetsWorkUnderWayEnd() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch mayEnd = new CountDownLatch(1);
    StepHost host =
        bed.host(
            (message, _) -> {
              begun.countDown();
              mayEnd.await(30, TimeUnit.SECONDS);
              return Effects.of(state(message.key(), 1));
            });
    host.start();
    bed.send(observed("name", 1));
    assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
    Thread stopping = Thread.ofVirtual().start(() -> host.stop(Duration.ofSeconds(20)));
    mayEnd.countDown();
    assertThat(stopping.join(Duration.ofSeconds(30))).isTrue();
    assertThat(bed.records(Topic.PINS)).hasSize(1);
  }

  @Test
  void aRepeatedMessageGivesTheSameIds() throws Exception {
    List<ConsumerRecord<String, byte[]>> states = new ArrayList<>();
    CountDownLatch published = new CountDownLatch(1);
    try (StepHost host =
        bed.host(
            (message, progress) -> {
              progress.publish(Effects.of(state(message.key(), 1)));
              published.countDown();
              new CountDownLatch(1).await();
              return Effects.NONE;
            })) {
      host.start();
      bed.send(observed("name", 1));
      assertThat(published.await(30, TimeUnit.SECONDS)).isTrue();
    }
    states.addAll(bed.records(Topic.PINS));
    try (StepHost host = bed.host((message, _) -> Effects.of(state(message.key(), 1)))) {
      host.start();
      Eventually.await("the state again", () -> bed.records(Topic.PINS).size() == 2);
    }
    assertThat(bed.records(Topic.PINS))
        .extracting(MemoryBus::id)
        .containsOnly(MemoryBus.id(states.getFirst()));
  }

  @Test
  void aNudgeHasTheStepLookAtAKey() throws Exception {
    try (StepHost host =
        bed.host(
            (message, _) -> {
              handled.add(message);
              return Effects.of(state(message.key(), 5));
            })) {
      assertThat(host.nudge(Topic.OBSERVED, key("name"))).isFalse();
      host.start();
      Eventually.await("a nudge", () -> host.nudge(Topic.OBSERVED, key("name")));
      Eventually.await("the state", () -> bed.catalog().pin(key("name")).isPresent());
    }
    Message message = handled.getFirst();
    assertThat(message.body()).isNull();
    assertThat(message.topic()).isEqualTo(Topic.OBSERVED);
    assertThat(message.key()).isEqualTo(key("name"));
    assertThat(bed.catalog().pin(key("name"))).contains(state(key("name"), 5));
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
      ProducerRecord<String, byte[]> foreign =
          new EventRecords("", "test", Clock.systemUTC()).of(observed("name", 1), "an-id");
      ProducerRecord<String, byte[]> parked =
          new ProducerRecord<>(
              "retry", null, null, foreign.key(), foreign.value(), foreign.headers());
      Map.of(
              HeaderNames.SERVICE, "pinner",
              TroubleHeaders.ENDPOINT, "kubo a",
              TroubleHeaders.ATTEMPT, "1",
              HeaderNames.TOPIC, "observed",
              HeaderNames.PARTITION, "0",
              HeaderNames.OFFSET, "0",
              HeaderNames.APPENDED_AT, "2026-01-01T00:00:00Z")
          .forEach(
              (name, value) -> parked.headers().add(name, value.getBytes(StandardCharsets.UTF_8)));
      bed.append(parked);
      bed.append(new ProducerRecord<>("retry", foreign.key(), null));
      bed.send(observed("name", 2));
      Eventually.await("its own message", () -> numbers("name").equals(List.of(2)));
    }
    assertThat(bed.records(Topic.DEAD)).isEmpty();
  }

  private ConsumerRecord<String, byte[]> original(String name) {
    return bed.records(Topic.OBSERVED).stream()
        .filter(record -> record.key().equals(key(name)))
        .findFirst()
        .orElseThrow();
  }

  private Failed onlyFailed() throws Exception {
    assertThat(bed.records(Topic.FAILED)).hasSize(1);
    return EventJson.read(bed.records(Topic.FAILED).getFirst().value(), Failed.class);
  }
}
