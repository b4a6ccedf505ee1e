package dev.longshore.resolver.site;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.sites.Group;
import dev.longshore.testing.ManualClock;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What a group says of its line, and the clock of a site. */
class LineTest {
  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

  @Test
  void readsNoFasterThanItsRate() throws Exception {
    AtomicLong nanos = new AtomicLong();
    LineRate rate = new LineRate(nanos::get, nanos::addAndGet);

    byte[] all =
        rate.limit(new ByteArrayInputStream(new byte[1_000_000]), 100_000L, () -> 1).readAllBytes();

    assertThat(all).hasSize(1_000_000);
    assertThat(Duration.ofNanos(nanos.get())).isEqualTo(Duration.ofSeconds(10));
  }

  @Test
  void nodesThatSeeEachOtherShareTheRateWhileTheyDo() throws Exception {
    AtomicLong nanos = new AtomicLong();
    LineRate rate = new LineRate(nanos::get, nanos::addAndGet);
    AtomicInteger nodes = new AtomicInteger(4);
    InputStream in =
        rate.limit(new ByteArrayInputStream(new byte[2_000_000]), 100_000L, nodes::get);

    assertThat(in.readNBytes(1_000_000)).hasSize(1_000_000);
    assertThat(Duration.ofNanos(nanos.get())).isEqualTo(Duration.ofSeconds(40));

    nodes.set(1);
    assertThat(in.readAllBytes()).hasSize(1_000_000);
    assertThat(Duration.ofNanos(nanos.get())).isEqualTo(Duration.ofSeconds(50));
  }

  @Test
  void readsAtOnceWithoutARate() throws Exception {
    LineRate rate =
        new LineRate(
            () -> 0,
            _ -> {
              throw new AssertionError("it waits");
            });

    assertThat(rate.limit(new ByteArrayInputStream(new byte[1000]), null, () -> 4).readAllBytes())
        .hasSize(1000);
  }

  @Test
  void aWindowMayGoOverMidnightInItsZone() {
    Windows berlin =
        Windows.of(new Group("shops", null, List.of("22:00-06:00"), "Europe/Berlin", false));

    assertThat(berlin.open(Instant.parse("2026-03-01T20:59:59Z"))).isFalse();
    assertThat(berlin.open(Instant.parse("2026-03-01T21:00:00Z"))).isTrue();
    assertThat(berlin.open(Instant.parse("2026-03-02T04:59:59Z"))).isTrue();
    assertThat(berlin.open(Instant.parse("2026-03-02T05:00:00Z"))).isFalse();
  }

  @Test
  void withoutAWindowThatIsUnderstoodItIsAlwaysOpen() {
    assertThat(Windows.of(new Group("a", null, List.of(), "UTC", false)).open(NOON)).isTrue();
    assertThat(Windows.of(new Group("a", null, List.of("25:99-x"), "Mars", false)).open(NOON))
        .isTrue();
  }

  @Test
  void aSitesTimeGoesOnWhateverThisMachinesClockSays() {
    AtomicLong nanos = new AtomicLong();
    ManualClock yearBack = new ManualClock(NOON.minus(Duration.ofDays(365)));
    SiteClock clock = new SiteClock(NOON, NOON, yearBack, nanos::get);
    assertThat(clock.instant()).isEqualTo(NOON);

    nanos.addAndGet(Duration.ofHours(1).toNanos());
    assertThat(clock.instant()).isEqualTo(NOON.plus(Duration.ofHours(1)));

    clock.set(NOON.plus(Duration.ofDays(2)));
    assertThat(clock.instant()).isEqualTo(NOON.plus(Duration.ofDays(2)));
  }

  @Test
  void theTimeThatASiteWasOffCounts() {
    ManualClock later = new ManualClock(NOON.plus(Duration.ofDays(3)));

    SiteClock clock = new SiteClock(NOON.minusSeconds(5), NOON, later, () -> 0);

    assertThat(clock.instant()).isEqualTo(NOON.minusSeconds(5).plus(Duration.ofDays(3)));
  }
}
