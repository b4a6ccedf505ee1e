package dev.longshore.runtime.service.turns;

import dev.longshore.events.Origin;
import dev.longshore.model.RepositoryName;

/**
 * Whose work a turn is for. Each repository has a share of its own, so that many pushes to one
 * delay no other. All backfill together has one, with at most half of the turns.
 *
 * @param name {@code registry/repository}, or what else it is for
 */
public record Share(String name) {
  /** What was in a registry before it was mirrored. */
  public static final Share BACKFILL = new Share("backfill");

  /** Copies that are repaired or moved. */
  public static final Share UPKEEP = new Share("upkeep");

  /** The share of an image that was found like this. */
  public static Share of(RepositoryName name, Origin origin) {
    return origin == Origin.BACKFILL ? BACKFILL : new Share(name.toString());
  }

  int most(int limit) {
    return equals(BACKFILL) ? Math.max(1, limit / 2) : Integer.MAX_VALUE;
  }
}
