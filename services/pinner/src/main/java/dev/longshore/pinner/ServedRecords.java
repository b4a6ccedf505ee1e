package dev.longshore.pinner;

import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.served.Shown;
import dev.longshore.events.RemovalReason;
import dev.longshore.events.ServedState;
import dev.longshore.events.Topic;
import dev.longshore.rules.Rules;
import dev.longshore.runtime.kafka.step.Effects;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;

/** What is recorded of names: what each shows, and for a time that it no longer shows anything. */
final class ServedRecords {
  /** How long a site may be away and still hear of a removal. */
  static final Duration REMOVALS_KEPT = Duration.ofDays(30);

  private final Catalog catalog;
  private final Supplier<Rules> rules;
  private final InstantSource clock;

  ServedRecords(Catalog catalog, Supplier<Rules> rules, InstantSource clock) {
    this.catalog = catalog;
    this.rules = rules;
    this.clock = clock;
  }

  /** Whether this may be the key of a name: each has a slash, and a CID has none. */
  static boolean isName(String key) {
    return key.indexOf('/') >= 0;
  }

  /**
   * What the name's record lacks; empty if it says what the name shows. A name without a record in
   * {@code tags} keeps what it has: its source has not said that it is gone.
   */
  Optional<Effects> newer(String key) {
    Optional<ServedState> last = catalog.served().byKey(key);
    Shown shown = new Shown(catalog, rules.get());
    Optional<ServedState> next =
        catalog.tags().byKey(key).map(name -> shown.of(name, last, clock)).orElse(last);
    if (next.isPresent() && !next.equals(last)) {
      return next.map(Effects::of);
    }
    return last.filter(state -> isOver(state, clock.instant()) && !standsForRelease(state))
        .map(_ -> Effects.deleting(Topic.SERVED, key));
  }

  /**
   * As long as its source has the name, that is why it is not converted again, and shows nothing
   * older.
   */
  private boolean standsForRelease(ServedState state) {
    return state.removed() == RemovalReason.RELEASED
        && catalog.tags().byKey(state.key()).filter(name -> !name.deleted()).isPresent();
  }

  private static boolean isOver(ServedState state, Instant now) {
    return state.removed() != null && !state.changedAt().plus(REMOVALS_KEPT).isAfter(now);
  }
}
