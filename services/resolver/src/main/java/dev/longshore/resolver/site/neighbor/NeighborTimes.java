package dev.longshore.resolver.site.neighbor;

import java.time.Duration;

/**
 * How long a node waits for a neighbor.
 *
 * @param presence for its word whether it has something: a machine on which all images start at
 *     once is slow, and one that is not waited for may fetch what this node fetches too
 * @param head for the beginning of blocks, which may have to come from the hub: less than the time
 *     after which one who waits for an image is told that it is not here
 * @param stall between two bytes of them
 */
public record NeighborTimes(Duration presence, Duration head, Duration stall) {
  public static final NeighborTimes USUAL =
      new NeighborTimes(Duration.ofSeconds(3), Duration.ofSeconds(6), Duration.ofSeconds(8));
}
