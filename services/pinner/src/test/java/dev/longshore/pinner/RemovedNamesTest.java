package dev.longshore.pinner;

import static dev.longshore.pinner.NameBed.key;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.RemovalReason;
import dev.longshore.events.Topic;
import dev.longshore.model.Mode;
import dev.longshore.runtime.kafka.StepHost;
import dev.longshore.runtime.testing.Eventually;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Names that show nothing are looked at now and then, until their records end. */
@Timeout(60)
final class RemovedNamesTest {
  private static final Duration KEPT = ServedRecords.REMOVALS_KEPT;

  private final AtomicInteger looks = new AtomicInteger();

  /** Counts looks at tag {@code v1}. */
  private StepHost counting(StepHost host) {
    return (StepHost)
        Proxy.newProxyInstance(
            StepHost.class.getClassLoader(),
            new Class<?>[] {StepHost.class},
            (_, method, arguments) -> {
              if (method.getName().equals("holds") && key("v1").equals(arguments[1])) {
                looks.incrementAndGet();
              }
              return method.invoke(host, arguments);
            });
  }

  /** Two whole rounds: the second one began after this did. */
  private static void rounds(NameBed bed) {
    for (int i = 0; i < 3; i++) {
      String mark = "mark" + bed.bus.records(Topic.TAGS).size();
      bed.tag(mark, mark);
      bed.converted(mark, Mode.PLAIN);
      bed.verified(mark, Mode.PLAIN);
      bed.awaitShown(mark, mark, Mode.PLAIN);
    }
  }

  private static void deleted(NameBed bed) {
    bed.tag("v1", "A");
    bed.converted("A", Mode.PLAIN);
    bed.verified("A", Mode.PLAIN);
    bed.awaitShown("v1", "A", Mode.PLAIN);
    bed.deleted("v1", "A");
    bed.await("v1", state -> state.removed() == RemovalReason.DELETED);
  }

  @Test
  void theyEndAtTheirTimeThoughTheClockWasSetBack() {
    try (NameBed bed = new NameBed()) {
      bed.clock.advance(KEPT.multipliedBy(2));
      rounds(bed);
      bed.clock.advance(KEPT.multipliedBy(2).negated());
      deleted(bed);

      bed.clock.advance(KEPT.minusHours(2));
      rounds(bed);
      assertThat(bed.record(key("v1"))).isPresent();

      bed.clock.advance(Duration.ofHours(3));
      bed.awaitEnd("v1");
    }
  }

  /** There may be very many that stand for ever, as retention let them go. */
  @Test
  void theyAreLookedAtOnceAnHour() {
    try (NameBed bed = new NameBed(this::counting)) {
      bed.tag("v1", "A");
      bed.converted("A", Mode.PLAIN);
      bed.verified("A", Mode.PLAIN);
      bed.awaitShown("v1", "A", Mode.PLAIN);
      bed.letGo("A");
      bed.await("v1", state -> state.removed() == RemovalReason.RELEASED);
      rounds(bed);
      int before = looks.get();

      bed.clock.advance(KEPT.plusHours(1));
      Eventually.await("a look", () -> looks.get() == before + 1);
      rounds(bed);
      assertThat(looks).hasValue(before + 1);

      bed.clock.advance(Duration.ofHours(1));
      Eventually.await("another look", () -> looks.get() == before + 2);
      rounds(bed);
      assertThat(looks).hasValue(before + 2);
      assertThat(bed.record(key("v1"))).isPresent();
    }
  }
}
