package dev.longshore.pinner;

import dev.longshore.catalog.Catalog;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Whether the catalog tells all that copies are let go by: a name that it does not know yet may
 * want more of them.
 */
final class SureCatalog {
  /** A catalog that was not complete for so long may not know that an image is wanted. */
  private static final Duration FRESH = Duration.ofMinutes(5);

  /** Registries are to be listed meanwhile, so that nothing is missing of what they have. */
  private static final Duration LISTED = Duration.ofHours(1);

  private final Catalog catalog;
  private final Duration listed;
  private final InstantSource clock;
  private final Instant started;
  private volatile BooleanSupplier gapIsOpen = () -> true;

  /**
   * @param longestPoll the longest interval between two looks at a registry
   */
  SureCatalog(Catalog catalog, Duration longestPoll, InstantSource clock) {
    this.catalog = catalog;
    Duration twice = longestPoll.multipliedBy(2);
    this.listed = twice.compareTo(LISTED) > 0 ? twice : LISTED;
    this.clock = clock;
    this.started = clock.instant();
  }

  /** Who says whether events were missed that are still looked for; until then some were. */
  void heed(BooleanSupplier gap) {
    gapIsOpen = gap;
  }

  /**
   * Whether it was read to its end by this process, just now, and not from the beginning so lately
   * that registries were not listed since; and no event is missed.
   */
  boolean tellsAll() {
    Instant now = clock.instant();
    Optional<Instant> complete = catalog.completeAt();
    return complete.filter(at -> !at.isBefore(started) && now.isBefore(at.plus(FRESH))).isPresent()
        && catalog.filledAt().filter(at -> !now.isBefore(at.plus(listed))).isPresent()
        && !gapIsOpen.getAsBoolean();
  }
}
