package dev.longshore.resolver.site;

import dev.longshore.resolver.site.SiteStore.Value;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * A site's time: the last signed time of its hub, plus the time since by a monotonic clock. Across
 * a restart it uses this machine's own clock, but only forward: one that was set back stops
 * nothing.
 */
final class SiteClock implements InstantSource {
  private final InstantSource wall;
  private final LongSupplier nanos;
  private Instant anchor;
  private long anchorNanos;

  /**
   * @param kept what {@link #instant} said when it was kept
   * @param keptByWall what this machine's clock said then
   */
  SiteClock(Instant kept, Instant keptByWall, InstantSource wall, LongSupplier nanos) {
    this.wall = wall;
    this.nanos = nanos;
    Duration away = Duration.between(keptByWall, wall.instant());
    this.anchor = away.isNegative() ? kept : kept.plus(away);
    this.anchorNanos = nanos.getAsLong();
  }

  /** One that goes on from what was kept, or else from when the node joined, or later. */
  static SiteClock kept(SiteStore store, Instant joinedAt, InstantSource wall, LongSupplier nanos) {
    Instant now = wall.instant();
    Instant kept = store.value(Value.CLOCK, Instant::parse);
    Instant keptByWall = store.value(Value.WALL, Instant::parse);
    return kept == null || keptByWall == null
        ? new SiteClock(now.isBefore(joinedAt) ? joinedAt : now, now, wall, nanos)
        : new SiteClock(kept, keptByWall, wall, nanos);
  }

  @Override
  public synchronized Instant instant() {
    return anchor.plusNanos(nanos.getAsLong() - anchorNanos);
  }

  /** The hub has just said what time it is. */
  synchronized void set(Instant hub) {
    anchor = hub;
    anchorNanos = nanos.getAsLong();
  }

  /** This machine's clock, to be kept beside {@link #instant}. */
  Instant wall() {
    return wall.instant();
  }
}
