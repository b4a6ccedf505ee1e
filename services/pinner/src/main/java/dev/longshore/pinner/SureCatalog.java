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

  /** What registries have listed is to be looked at meanwhile, so that nothing of it is missing. */
  private static final Duration LISTED = Duration.ofHours(1);

  private final Catalog catalog;
  private final ListedRegistries registries;
  private final Duration listed;
  private final InstantSource clock;
  private final Instant started;
  private volatile BooleanSupplier gapIsOpen = () -> true;

  /**
   * @param registries whether they were listed
   * @param longestPoll the longest interval between two looks at a registry
   */
  SureCatalog(
      Catalog catalog, ListedRegistries registries, Duration longestPoll, InstantSource clock) {
    this.catalog = catalog;
    this.registries = registries;
    Duration twice = longestPoll.multipliedBy(2);
    this.listed = twice.compareTo(LISTED) > 0 ? twice : LISTED;
    this.clock = clock;
    this.started = clock.instant();
  }

  /** Who says whether events were missed that are still looked for; until then some were. */
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
   * Whether it was read to its end by this process, just now, and not from the beginning so lately
   * that registries were not listed since, and what they listed looked at; and no event is missed.
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
