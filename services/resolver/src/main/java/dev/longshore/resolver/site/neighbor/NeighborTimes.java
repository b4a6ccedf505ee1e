package dev.longshore.resolver.site.neighbor;

import java.time.Duration;

/**
 * How long a node waits for its neighbors.
 *
 * @param presence for the word of one that it has not heard of, whether it has something
 * @param greeted for that of one that answered lately, where nobody waits for the image: a machine
 *     on which all images start at once is slow, and one that is not waited for may fetch what this
 *     node fetches too
 * @param head for the beginning of an answer
 * @param stall between two bytes, where nobody waits for the image
 * @param patience in all, for an image that somebody waits for: by so much it may come later than
 *     from the hub alone
 */
public record NeighborTimes(
    Duration presence, Duration greeted, Duration head, Duration stall, Duration patience) {
  public static final NeighborTimes USUAL =
      new NeighborTimes(
          Duration.ofSeconds(3),
          Duration.ofSeconds(10),
          Duration.ofSeconds(10),
          Duration.ofSeconds(30),
          Duration.ofSeconds(2));
}
