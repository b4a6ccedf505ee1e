package dev.longshore.runtime.service.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.testing.ManualClock;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class HealthTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final Duration LONG = Duration.ofSeconds(20);

  private final ManualClock clock = new ManualClock(START);
  private final Health health = new Health(clock);

  @Test
  void withoutPartsItIsReady() throws InterruptedException {
    assertThat(health.report()).isEqualTo(new HealthReport(START, java.util.List.of()));
    assertThat(health.report().ready()).isTrue();
  }

  @Test
  void eachPartTellsItsCauseAndSinceWhen() throws InterruptedException {
    AtomicReference<IOException> fault = new AtomicReference<>();
    health.watch("catalog", LONG, () -> {});
    health.watch(
        "kafka",
        LONG,
        () -> {
          if (fault.get() != null) {
            throw fault.get();
          }
        });
    assertThat(health.report().ready()).isTrue();

    clock.advance(Duration.ofSeconds(5));
    fault.set(new IOException("127.0.0.1:9092: connection refused"));
    HealthReport away = health.report();
    clock.advance(Duration.ofSeconds(5));
    HealthReport stillAway = health.report();

    assertThat(away.ready()).isFalse();
    assertThat(stillAway.parts())
        .containsExactly(
            new PartHealth("catalog", null, START),
            new PartHealth("kafka", "127.0.0.1:9092: connection refused", START.plusSeconds(5)));
    clock.advance(Duration.ofSeconds(5));
    fault.set(null);
    assertThat(health.report().parts().getLast())
        .isEqualTo(new PartHealth("kafka", null, START.plusSeconds(15)));
  }

  @Test
  void answersAreToldAgainForASecond() throws InterruptedException {
    AtomicInteger asked = new AtomicInteger();
    health.watch("part", LONG, asked::incrementAndGet);
    health.report();
    clock.advance(Duration.ofMillis(999));
    health.report();
    assertThat(asked).hasValue(1);
    clock.advance(Duration.ofMillis(1));
    health.report();
    assertThat(asked).hasValue(2);
  }

  @Test
  void aPartThatHangsIsNotReadyAndIsNotAskedAgainUntilItAnswers() throws InterruptedException {
    CountDownLatch hang = new CountDownLatch(1);
    CountDownLatch done = new CountDownLatch(1);
    AtomicInteger asked = new AtomicInteger();
    health.watch(
        "kubo site-a",
        Duration.ofMillis(20),
        () -> {
          if (asked.incrementAndGet() == 1) {
            boolean released = false;
            while (!released) {
              try {
                hang.await();
                released = true;
              } catch (InterruptedException lost) {
                released = false; // As code does that loses interrupts.
              }
            }
            done.countDown();
          }
        });
    health.watch("catalog", LONG, () -> {});

    for (int i = 0; i < 3; i++) {
      assertThat(health.report().parts())
          .containsExactly(
              new PartHealth("kubo site-a", "no answer within 20 ms", START),
              new PartHealth("catalog", null, START));
      clock.advance(Duration.ofSeconds(2));
    }
    assertThat(asked).hasValue(1);

    hang.countDown();
    done.await();
    while (!health.report().ready()) {
      clock.advance(Duration.ofSeconds(2));
    }
    assertThat(asked.get()).isGreaterThan(1);
  }

  @Test
  void aPartThatMindsInterruptsIsAskedAgain() throws InterruptedException {
    CountDownLatch never = new CountDownLatch(1);
    AtomicInteger asked = new AtomicInteger();
    health.watch(
        "part",
        Duration.ofMillis(20),
        () -> {
          asked.incrementAndGet();
          never.await();
        });
    while (asked.get() < 2) {
      assertThat(health.report().parts().getFirst().cause()).isEqualTo("no answer within 20 ms");
      clock.advance(Duration.ofSeconds(2));
    }
  }
}
