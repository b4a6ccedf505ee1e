package dev.longshore.app.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.runtime.testing.Eventually;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class GivenBackTest {
  private static final long MEGABYTE = 1024 * 1024;
  private final AtomicLong used = new AtomicLong(33 * MEGABYTE);
  private final AtomicLong left = new AtomicLong(30 * MEGABYTE);
  private volatile boolean fails;
  private final AtomicInteger looks = new AtomicInteger();
  private final AtomicInteger collections = new AtomicInteger();

  private final GivenBack part =
      new GivenBack(
          new GivenBack.Old() {
            @Override
            public long usedBytes() {
              looks.incrementAndGet();
              return used.get();
            }

            @Override
            public long leftBytes() {
              if (fails) {
                throw new OutOfMemoryError("as the test asked");
              }
              return left.get();
            }

            @Override
            public void collect() {
              used.set(left.get());
              collections.incrementAndGet();
            }
          },
          Duration.ofMillis(1));

  private void lookTwice() {
    int before = looks.get();
    Eventually.await("two looks", () -> looks.get() > before + 1);
  }

  @Test
  void whatIsWorthItIsCollectedOnceAndLittleIsNot() {
    part.start();
    lookTwice();
    assertThat(collections).hasValue(0);

    used.set(40 * MEGABYTE);
    Eventually.await("it is collected", () -> collections.get() == 1);
    lookTwice();
    assertThat(collections).hasValue(1);

    part.stop(Duration.ZERO);
  }

  /** It would grow up to its limit from then on. */
  @Test
  void aLookThatFailsIsFollowedByTheNext() {
    fails = true;
    part.start();
    lookTwice();
    fails = false;
    used.set(40 * MEGABYTE);

    Eventually.await("it is collected", () -> collections.get() == 1);
    assertThat(part.trouble()).isEmpty();
    part.stop(Duration.ZERO);
  }
}
