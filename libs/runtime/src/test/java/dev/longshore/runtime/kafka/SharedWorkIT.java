package dev.longshore.runtime.kafka;

import static dev.longshore.runtime.testing.Samples.converted;
import static dev.longshore.runtime.testing.Samples.observed;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.EventJson;
import dev.longshore.events.Observed;
import dev.longshore.events.PinState;
import dev.longshore.events.Topic;
import dev.longshore.runtime.kafka.record.KeyPartitions;
import dev.longshore.runtime.kafka.step.Effects;
import dev.longshore.runtime.kafka.step.Step;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.runtime.testing.KafkaBed;
import dev.longshore.runtime.testing.Samples;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

/** Two processes of one service, as whole work goes on while one comes or goes. */
final class SharedWorkIT {
  /** Far more than partitions, so that each has some. */
  private static final int EVENTS = 60;

  private final Set<Long> begunByFirst = ConcurrentHashMap.newKeySet();
  private final Set<Long> begunBySecond = ConcurrentHashMap.newKeySet();
  private final Set<Long> interrupted = ConcurrentHashMap.newKeySet();
  private final CountDownLatch mayEnd = new CountDownLatch(1);

  private Step step(Set<Long> begun) {
    return (message, _) -> {
      Observed event = (Observed) message.body();
      begun.add(event.size());
      try {
        mayEnd.await();
      } catch (InterruptedException e) {
        interrupted.add(event.size());
        throw e;
      }
      return Effects.of(converted(event));
    };
  }

  @Test
  void longWorkGoesOnInWhatAProcessKeepsWhenAnotherComes() throws Exception {
    try (KafkaBed bed = new KafkaBed()) {
      bed.host("1", step(begunByFirst)).start();
      List<Observed> events = new ArrayList<>();
      for (int i = 0; i < EVENTS; i++) {
        events.add(observed("name" + i, i));
      }
      events.forEach(bed::sendLater);
      bed.flush();
      Eventually.await("all under way", () -> begunByFirst.size() == EVENTS);

      bed.host("2", step(begunBySecond)).start();
      long moved = events.stream().filter(event -> second(event.key())).count();
      Eventually.await("the second to have its share", () -> begunBySecond.size() == moved);
      mayEnd.countDown();
      Eventually.await("all announced", () -> bed.announced().size() >= EVENTS);

      assertThat(bed.announced())
          .containsExactlyInAnyOrderElementsOf(LongStream.range(0, EVENTS).boxed().toList());
      assertThat(moved).isBetween(1L, EVENTS - 1L);
      assertThat(interrupted).isEqualTo(begunBySecond);
      assertThat(bed.records(Topic.OBSERVED)).hasSize(EVENTS);
    }
  }

  /** Nobody else knows of it: a nudge is no record. */
  @Test
  void whatWasAskedOfAPartitionThatMovesIsNotCommittedAndItsNextOwnerIsTold() throws Exception {
    List<String> keys = IntStream.range(0, EVENTS).mapToObj(i -> Samples.key("name" + i)).toList();
    Set<String> begun = ConcurrentHashMap.newKeySet();
    Set<Integer> held = ConcurrentHashMap.newKeySet();
    try (KafkaBed bed = new KafkaBed()) {
      KeyedConsumer first =
          bed.host(
              "1",
              (message, _) -> {
                begun.add(message.key());
                mayEnd.await();
                return Effects.of(Samples.state(message.key(), 1));
              });
      first.start();
      for (String key : keys) {
        Eventually.await("a nudge", () -> first.nudge(Topic.OBSERVED, key));
      }
      Eventually.await("all under way", () -> begun.size() == EVENTS);

      KeyedConsumer second =
          bed.host("2", (message, _) -> Effects.of(Samples.state(message.key(), 2)));
      second.onHeld(held::add);
      second.start();
      Eventually.await("its share", () -> held.size() == Topic.PARTITIONS / 2);
      List<String> moved = keys.stream().filter(SharedWorkIT::second).toList();
      assertThat(moved).allMatch(key -> second.holds(Topic.OBSERVED, key));
      assertThat(moved).noneMatch(key -> first.holds(Topic.OBSERVED, key));
      assertThat(moved).allMatch(key -> second.nudge(Topic.OBSERVED, key));
      mayEnd.countDown();

      Eventually.await("all states", () -> bed.records(Topic.PINS).size() >= EVENTS);
      Map<String, Integer> writers = new HashMap<>();
      for (ConsumerRecord<String, byte[]> record : bed.records(Topic.PINS)) {
        PinState state = EventJson.read(record.value(), PinState.class);
        assertThat(writers.put(record.key(), state.wanted())).as(record.key()).isNull();
      }
      assertThat(writers.keySet()).containsExactlyInAnyOrderElementsOf(keys);
      writers.forEach((key, by) -> assertThat(by).as(key).isEqualTo(second(key) ? 2 : 1));
    }
  }

  /** The first keeps the lower half of the numbers. */
  private static boolean second(String key) {
    return KeyPartitions.of(key) >= Topic.PARTITIONS / 2;
  }
}
