package dev.longshore.pinner;

import dev.longshore.catalog.Catalog;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** Whether the catalog is complete enough to remove copies: a name that it lacks may want them. */
final class CatalogCompleteness {
  /** A catalog that was last complete longer ago may not know that an image is wanted. */
  private static final Duration FRESH = Duration.ofMinutes(5);

  /** Time to look at what registries listed, so that none of their content is missing. */
  private static final Duration LISTED = Duration.ofHours(1);

  private final Catalog catalog;
  private final ListedRegistries registries;
  private final Duration listed;
  private final InstantSource clock;
  private final Instant started;
  private volatile BooleanSupplier gapIsOpen = () -> true;

  /**
   * @param registries whether they were listed
   * @param longestPoll the longest interval between two polls of a registry
   */
  CatalogCompleteness(
      Catalog catalog, ListedRegistries registries, Duration longestPoll, InstantSource clock) {
    this.catalog = catalog;
    this.registries = registries;
    Duration twice = longestPoll.multipliedBy(2);
    this.listed = twice.compareTo(LISTED) > 0 ? twice : LISTED;
    this.clock = clock;
    this.started = clock.instant();
  }

  /** Sets the source of open gaps; until then a gap is assumed. */
  void heed(BooleanSupplier gap) {
    gapIsOpen = gap;
  }

  /** Who reads how far polls are. */
  void heed(Polls polls) {
    registries.heed(polls);
  }

  /** Looks whether registries were listed since the catalog was read from its beginning. */
  void look() throws InterruptedException {
    Optional<Instant> filled = catalog.filledAt();
    if (filled.isPresent()) {
      registries.look(filled.get());
    }
  }

  /**
   * Whether this process has just read it to its end, without a restart from the beginning so
   * recent that registries were not listed and looked at since, and without missed events.
   */
  boolean tellsAll() {
    Instant now = clock.instant();
    Optional<Instant> complete = catalog.completeAt();
    return complete.filter(at -> !at.isBefore(started) && now.isBefore(at.plus(FRESH))).isPresent()
        && catalog
            .filledAt()
            .filter(at -> !now.isBefore(at.plus(listed)) && registries.since(at))
            .isPresent()
        && !gapIsOpen.getAsBoolean();
  }
}
