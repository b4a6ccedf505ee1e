package dev.longshore.app.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.app.query.find.QueryException;
import dev.longshore.testing.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class UnchangedTest {
  private static final Duration MOST = Duration.ofMinutes(5);

  private final ManualClock clock = new ManualClock(Instant.parse("2026-12-01T12:00:00Z"));
  private final AtomicInteger changes = new AtomicInteger();
  private final AtomicInteger times = new AtomicInteger();
  private final Unchanged<Integer> figure =
      new Unchanged<>(changes::get, MOST, clock, times::incrementAndGet);

  @Test
  void nothingIsFoundOutAgainWhileNothingChanged() throws Exception {
    assertThat(figure.run()).isEqualTo(1);
    clock.advance(MOST.minusSeconds(1));
    assertThat(figure.run()).isEqualTo(1);
  }

  @Test
  void aChangeIsSeenAtOnce() throws Exception {
    assertThat(figure.run()).isEqualTo(1);
    changes.incrementAndGet();
    assertThat(figure.run()).isEqualTo(2);
  }

  @Test
  void itIsFoundOutNowAndThenInAnyCase() throws Exception {
    assertThat(figure.run()).isEqualTo(1);
    clock.advance(MOST);
    assertThat(figure.run()).isEqualTo(2);
  }

  @Test
  void whatFailedIsTriedAgain() throws Exception {
    Unchanged<Integer> second =
        new Unchanged<>(
            changes::get,
            MOST,
            clock,
            () -> {
              if (times.incrementAndGet() == 1) {
                throw new QueryException("not now");
              }
              return times.get();
            });
    assertThatThrownBy(second::run).isInstanceOf(QueryException.class);
    assertThat(second.run()).isEqualTo(2);
  }
}
