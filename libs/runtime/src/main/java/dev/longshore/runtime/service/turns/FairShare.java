package dev.longshore.runtime.service.turns;

import dev.longshore.events.Origin;
import dev.longshore.model.RepositoryName;

/**
 * Whose work a turn is for. Each repository has its own share, so that many pushes to one delay no
 * other. All backfill has one share, with at most half of the turns.
 *
 * @param name {@code registry/repository}, or what else it is for
 */
public record FairShare(String name) {
  /** Images that were in a registry before it was mirrored. */
  public static final FairShare BACKFILL = new FairShare("backfill");

  /** Repairs and moves of copies. */
  public static final FairShare UPKEEP = new FairShare("upkeep");

  /** The share of an image with this origin. */
  public static FairShare of(RepositoryName name, Origin origin) {
    return origin == Origin.BACKFILL ? BACKFILL : new FairShare(name.toString());
  }

  int most(int limit) {
    return equals(BACKFILL) ? Math.max(1, limit / 2) : Integer.MAX_VALUE;
  }
}
