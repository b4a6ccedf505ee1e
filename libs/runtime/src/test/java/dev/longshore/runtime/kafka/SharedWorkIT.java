package dev.longshore.runtime.kafka;

import static dev.longshore.runtime.testing.Samples.converted;
import static dev.longshore.runtime.testing.Samples.observed;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.Observed;
import dev.longshore.events.Topic;
import dev.longshore.runtime.kafka.record.KeyPartitions;
import dev.longshore.runtime.kafka.step.Effects;
import dev.longshore.runtime.kafka.step.Step;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.runtime.testing.KafkaBed;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.stream.LongStream;
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

  /** The first keeps the lower half of the numbers. */
  private static boolean second(String key) {
    return KeyPartitions.of(key) >= Topic.PARTITIONS / 2;
  }
}
