package dev.longshore.runtime.testing;

import static dev.longshore.runtime.testing.MemoryBus.header;
import static dev.longshore.runtime.testing.Samples.key;
import static dev.longshore.runtime.testing.Samples.observed;
import static dev.longshore.runtime.testing.Samples.state;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.PinState;
import dev.longshore.events.Topic;
import dev.longshore.model.ImageDag;
import dev.longshore.runtime.kafka.StepHost;
import dev.longshore.runtime.kafka.record.EventRecords;
import dev.longshore.runtime.kafka.record.HeaderNames;
import dev.longshore.runtime.kafka.step.Effects;
import dev.longshore.runtime.kafka.step.Message;
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
import org.junit.jupiter.api.Test;

/** What every host of steps must fulfil. */
public abstract class StepHostConformance extends StepFailureConformance {
  private static final String TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

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
              found.add(
                  bed.catalog()
                      .pins()
                      .of(ImageDag.stored(message.key()))
                      .map(PinState::wanted)
                      .orElse(0));
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
              found.add(bed.catalog().pins().of(ImageDag.stored(message.key())));
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
                        () -> {
                          // Kafka confirms a commit before readers see it.
                          Eventually.await(
                              "what was committed", () -> !bed.records(Topic.PINS).isEmpty());
                          statesSeen.add(bed.records(Topic.PINS).size());
                        })))) {
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
    assertThat(handled.stream().map(StepHostScenarios::number)).containsExactlyInAnyOrder(0, 99);
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
      Eventually.await(
          "the state", () -> bed.catalog().pins().of(ImageDag.stored(key("name"))).isPresent());
    }
    Message message = handled.getFirst();
    assertThat(message.body()).isNull();
    assertThat(message.topic()).isEqualTo(Topic.OBSERVED);
    assertThat(message.key()).isEqualTo(key("name"));
    assertThat(bed.catalog().pins().of(ImageDag.stored(key("name"))))
        .contains(state(key("name"), 5));
  }

  @Test
  void aHostTellsOfThePartitionsThatItGets() throws Exception {
    List<Integer> held = new CopyOnWriteArrayList<>();
    try (StepHost host = bed.host((_, _) -> Effects.NONE)) {
      host.onHeld(held::add);
      assertThat(host.holds(Topic.OBSERVED, key("name"))).isFalse();
      host.start();
      Eventually.await("all partitions", () -> held.size() == Topic.PARTITIONS);
      assertThat(host.holds(Topic.OBSERVED, key("name"))).isTrue();
    }
    assertThat(held)
        .containsExactlyInAnyOrderElementsOf(IntStream.range(0, Topic.PARTITIONS).boxed().toList());
  }

  @Test
  void aStepEndsAKey() throws Exception {
    ImageDag dag = ImageDag.stored(key("name"));
    try (StepHost host =
        bed.host(
            (message, _) ->
                bed.catalog().pins().of(dag).isPresent()
                    ? Effects.deleting(Topic.PINS, message.key())
                    : Effects.of(state(message.key(), 5)))) {
      host.start();
      Eventually.await("a nudge", () -> host.nudge(Topic.OBSERVED, key("name")));
      Eventually.await("the state", () -> bed.catalog().pins().of(dag).isPresent());
      Eventually.await("a nudge", () -> host.nudge(Topic.OBSERVED, key("name")));
      Eventually.await("its end", () -> bed.catalog().pins().of(dag).isEmpty());
    }
    assertThat(bed.records(Topic.PINS)).hasSize(2);
    assertThat(bed.records(Topic.PINS).getLast().value()).isNull();
  }
}
