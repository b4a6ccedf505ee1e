package dev.longshore.resolver.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** How much is fetched ahead while somebody asks. */
class LineShareTest {
  private static final long MB = 1 << 20;

  private final AtomicLong now = new AtomicLong();
  private final LineShare share = new LineShare(now::get);

  @Test
  void whoAsksGoesFirst() {
    share.begin();

    assertThat(share.take()).isZero();
    share.asked(3 * MB);
    assertThat(share.take()).isZero();
  }

  @Test
  void aFifthIsLeft() {
    share.begin();
    for (int i = 0; i < 100; i++) {
      share.asked(MB);
      long may = share.take();
      share.ahead(may);
      now.addAndGet(Duration.ofMillis(100).toNanos());
    }
    share.asked(0);

    share.asked(12 * MB);
    assertThat(share.take()).isBetween(3 * MB, 4 * MB);
  }

  @Test
  void whatIsNotUsedIsNotMadeUpFor() {
    share.begin();
    share.asked(10_000 * MB);

    assertThat(share.take()).isEqualTo(32 * MB);
  }

  @Test
  void whatSendsNothingLeavesTheLine() {
    share.begin();
    now.addAndGet(Duration.ofMillis(1_900).toNanos());
    assertThat(share.take()).isZero();

    now.addAndGet(Duration.ofMillis(200).toNanos());
    assertThat(share.take()).isPositive();
    share.asked(1);
    assertThat(share.take()).isZero();
  }

  @Test
  void aHundredPercentLeaveNothing() {
    share.begin();
    share.percent(100);
    share.asked(10_000 * MB);
    now.addAndGet(Duration.ofHours(1).toNanos());

    assertThat(share.take()).isZero();
  }
}
