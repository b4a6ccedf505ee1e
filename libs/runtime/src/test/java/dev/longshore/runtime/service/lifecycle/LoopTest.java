package dev.longshore.runtime.service.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.runtime.testing.Eventually;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class LoopTest {
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private static void assertDead(Loop loop, String cause) {
    Eventually.await("its end", () -> loop.trouble().isPresent());
    assertThat(loop.trouble().get())
        .startsWith("the loop has ended and goes on only after a restart")
        .endsWith(cause);
  }

  @Test
  void whatEndsItIsTold() {
    assertDead(
        Loop.started(
            "the loop",
            () -> {
              throw new IllegalStateException("a defect");
            }),
        "java.lang.IllegalStateException: a defect");
    assertDead(
        Loop.started(
            "the loop",
            () -> {
              throw new StackOverflowError();
            }),
        "java.lang.StackOverflowError");
    assertDead(Loop.started("the loop", () -> {}), "it returned");
    assertDead(Loop.started("the loop", () -> Thread.currentThread().interrupt()), "it returned");
  }

  @Test
  void aStopIsNoTrouble() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    Loop loop = Loop.started("the loop", never::await);

    assertThat(loop.stop(LIMIT)).isTrue();

    assertThat(loop.trouble()).isEmpty();
  }

  @Test
  void anEndThatWasAskedForIsNoTrouble() throws Exception {
    CountDownLatch told = new CountDownLatch(1);
    Loop loop = Loop.started("the loop", told::await);
    assertThat(loop.awaitEnd(Duration.ofMillis(1))).isFalse();

    loop.expectEnd();
    told.countDown();

    assertThat(loop.awaitEnd(LIMIT)).isTrue();
    assertThat(loop.trouble()).isEmpty();
  }

  @Test
  void oneThatNeverBeganStopsToo() throws Exception {
    assertThat(new Loop("the loop", () -> {}).stop(LIMIT)).isTrue();
  }
}
