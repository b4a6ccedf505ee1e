package dev.longshore.app.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.app.query.lag.KnownSites;
import dev.longshore.runtime.testing.Eventually;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class LagWatchTest {
  private final AtomicInteger looks = new AtomicInteger();

  private LagWatch watch(KnownSites.Source source) {
    return new LagWatch(source, new LagSeries(), Duration.ofMillis(1), InstantSource.system());
  }

  @Test
  void aLookThatFailsIsFollowedByTheNext() {
    LagWatch watch =
        watch(
            () -> {
              int look = looks.incrementAndGet();
              if (look == 1) {
                throw new IllegalStateException("a defect");
              }
              if (look == 2) {
                throw new StackOverflowError();
              }
              return Optional.empty();
            });
    watch.start();

    Eventually.await("further looks", () -> looks.get() > 3);
    assertThat(watch.trouble()).isEmpty();
    watch.stop(Duration.ZERO);
  }

  @Test
  void whatEndsItIsTold() {
    LagWatch watch =
        watch(
            () -> {
              throw new InterruptedException("by nobody who stops it");
            });
    watch.start();

    Eventually.await("it is told", () -> watch.trouble().isPresent());
    assertThat(watch.trouble().orElseThrow()).startsWith("lag of sites has ended");
  }
}
