package dev.longshore.pinner;

import dev.longshore.catalog.Catalog;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** Whether the catalog is complete enough to remove copies: a name that it lacks may want them. */
final class SureCatalog {
  /** A catalog that was last complete longer ago may not know that an image is wanted. */
  private static final Duration FRESH = Duration.ofMinutes(5);

  /** Time for registries to be listed, so that none of their content is missing. */
  private static final Duration LISTED = Duration.ofHours(1);

  private final Catalog catalog;
  private final Duration listed;
  private final InstantSource clock;
  private final Instant started;
  private volatile BooleanSupplier gapIsOpen = () -> true;

  /**
   * @param longestPoll the longest interval between two polls of a registry
   */
  SureCatalog(Catalog catalog, Duration longestPoll, InstantSource clock) {
    this.catalog = catalog;
    Duration twice = longestPoll.multipliedBy(2);
    this.listed = twice.compareTo(LISTED) > 0 ? twice : LISTED;
    this.clock = clock;
    this.started = clock.instant();
  }

  /** Sets the source of open gaps; until then a gap is assumed. */
  void heed(BooleanSupplier gap) {
    gapIsOpen = gap;
  }

  /**
   * Whether this process has just read it to its end, without a restart from the beginning so
   * recent that registries were not listed since, and without missed events.
   */
  boolean tellsAll() {
    Instant now = clock.instant();
    Optional<Instant> complete = catalog.completeAt();
    return complete.filter(at -> !at.isBefore(started) && now.isBefore(at.plus(FRESH))).isPresent()
        && catalog.filledAt().filter(at -> !now.isBefore(at.plus(listed))).isPresent()
        && !gapIsOpen.getAsBoolean();
  }
}
