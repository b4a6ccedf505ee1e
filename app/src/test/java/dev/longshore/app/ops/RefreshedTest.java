package dev.longshore.app.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.app.query.find.QueryException;
import dev.longshore.catalog.testing.Samples;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.testing.ManualClock;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class RefreshedTest {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private final ManualClock clock = new ManualClock(Samples.NOW);
  private final AtomicInteger runs = new AtomicInteger();
  private final AtomicInteger changes = new AtomicInteger();
  private volatile String value = "a";

  private final Refreshed<String> figure =
      new Refreshed<>(
          "figure",
          Duration.ofSeconds(5),
          Refreshed.RESTS,
          () -> {
            runs.incrementAndGet();
            if (value.isEmpty()) {
              throw new QueryException("Kafka is away");
            }
            return value;
          },
          clock,
          changes::incrementAndGet);

  private Refreshed.Measured<String> look() throws Exception {
    return figure.now(PATIENCE, PATIENCE);
  }

  @Test
  void itIsFoundOutOnceForAllWhoLookUntilItIsOld() throws Exception {
    assertThat(look().value()).contains("a");
    value = "b";
    assertThat(look().value()).as("not old yet").contains("a");
    assertThat(runs).hasValue(1);
    clock.advance(Duration.ofSeconds(5));
    assertThat(look().value()).contains("b");
    assertThat(runs).hasValue(2);
    // A reader may see it before listeners are called.
    Eventually.await("both values were told", () -> changes.get() == 2);
  }

  /** Otherwise all would see the old one for ever, without a word. */
  @Test
  void anErrorIsToldAndItIsFoundOutAgain() throws Exception {
    Refreshed<String> failing =
        new Refreshed<>(
            "figure",
            Duration.ofSeconds(5),
            Refreshed.RESTS,
            () -> {
              if (runs.incrementAndGet() == 2) {
                throw new StackOverflowError();
              }
              return "run " + runs.get();
            },
            clock,
            () -> {});
    assertThat(failing.now(PATIENCE, PATIENCE).value()).contains("run 1");

    clock.advance(Duration.ofSeconds(5));
    Refreshed.Measured<String> failed = failing.now(PATIENCE, PATIENCE);
    assertThat(failed.value()).contains("run 1");
    assertThat(failed.problem()).contains("StackOverflowError");
    clock.advance(Duration.ofSeconds(5));

    Refreshed.Measured<String> again = failing.now(PATIENCE, PATIENCE);
    assertThat(again.value()).contains("run 3");
    assertThat(again.problem()).isNull();
  }

  @Test
  void whatTakesLongIsFoundOutTheLessOften() throws Exception {
    Refreshed<Integer> slow =
        new Refreshed<>(
            "slow",
            Duration.ofSeconds(5),
            Refreshed.RESTS,
            () -> {
              clock.advance(Duration.ofSeconds(3));
              return runs.incrementAndGet();
            },
            clock,
            () -> {});
    assertThat(slow.now(PATIENCE, PATIENCE).value()).contains(1);
    clock.advance(Duration.ofSeconds(26));
    assertThat(slow.now(PATIENCE, PATIENCE).value()).as("rests nine times as long").contains(1);
    clock.advance(Duration.ofSeconds(1));
    assertThat(slow.now(PATIENCE, PATIENCE).value()).contains(2);
  }

  @Test
  void whatWasKnownStaysWithItsTimeWhileItCannotBeFoundOut() throws Exception {
    look();
    value = "";
    clock.advance(Duration.ofSeconds(5));
    Refreshed.Measured<String> old = look();
    assertThat(old.value()).contains("a");
    assertThat(old.at()).isEqualTo(Samples.NOW);
    assertThat(old.problem()).isEqualTo("figure: Kafka is away");
    value = "a";
    clock.advance(Duration.ofSeconds(5));
    assertThat(look().problem()).isNull();
  }

  @Test
  void aDecisionMakesItOldAtOnce() throws Exception {
    look();
    value = "b";
    figure.expire();
    assertThat(look().value()).contains("b");
  }

  @Test
  void manyDecisionsInARowTakeATenthOfAProcessorAtMost() throws Exception {
    Refreshed<Integer> slow =
        new Refreshed<>(
            "slow",
            Duration.ofSeconds(2),
            49,
            () -> {
              clock.advance(Duration.ofSeconds(1));
              return runs.incrementAndGet();
            },
            clock,
            () -> {});
    assertThat(slow.now(PATIENCE, PATIENCE).value()).contains(1);
    slow.expire();
    assertThat(slow.now(PATIENCE, PATIENCE).value()).as("at once").contains(2);
    slow.expire();
    clock.advance(Duration.ofSeconds(8));
    assertThat(slow.now(PATIENCE, PATIENCE).value()).as("nine times as long").contains(2);
    clock.advance(Duration.ofSeconds(1));
    assertThat(slow.now(PATIENCE, PATIENCE).value()).as("the last one counts").contains(3);
    clock.advance(Duration.ofSeconds(30));
    assertThat(slow.now(PATIENCE, PATIENCE).value()).as("nothing was decided").contains(3);
  }

  @Test
  void aDecisionWhileItIsFoundOutIsNotOverlooked() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    Refreshed<String> slow =
        new Refreshed<>(
            "slow",
            Duration.ofSeconds(5),
            Refreshed.RESTS,
            () -> {
              int run = runs.incrementAndGet();
              if (run == 2) {
                begun.countDown();
                goOn.await();
              }
              return run < 3 ? "before" : "after";
            },
            clock,
            changes::incrementAndGet);
    assertThat(slow.now(PATIENCE, PATIENCE).value()).contains("before");
    Eventually.await("its first value is told", () -> changes.get() == 1);
    clock.advance(Duration.ofSeconds(5));
    assertThat(slow.now(Duration.ZERO, Duration.ZERO).value()).contains("before");
    begun.await();
    slow.expire();
    goOn.countDown();
    Eventually.await("who looks is told to look again", () -> changes.get() == 2);
    assertThat(slow.now(PATIENCE, PATIENCE).value()).contains("after");
  }

  @Test
  void nobodyWhoDoesNotWaitIsKeptWaiting() throws Exception {
    Refreshed<String> slow =
        new Refreshed<>(
            "slow",
            Duration.ofSeconds(5),
            Refreshed.RESTS,
            () -> {
              new CountDownLatch(1).await();
              return "never";
            },
            clock,
            () -> {});
    assertThat(slow.now(Duration.ZERO, Duration.ZERO).value()).isEmpty();
  }
}
