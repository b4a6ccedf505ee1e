package dev.longshore.pinner;

import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.served.Shown;
import dev.longshore.events.RemovalReason;
import dev.longshore.events.ServedState;
import dev.longshore.events.TagState;
import dev.longshore.events.Topic;
import dev.longshore.model.Digest;
import dev.longshore.model.OciFormatException;
import dev.longshore.model.Reference;
import dev.longshore.model.RepositoryName;
import dev.longshore.rules.Rules;
import dev.longshore.runtime.kafka.step.Effects;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The records of names: what each shows, and for a time that it shows nothing any more. A forgotten
 * digest has a record while it is forgotten, even if no name shows it: sites may still have it from
 * earlier.
 */
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
   * The update of the name's record; empty if it is current. A name without a record in {@code
   * tags} keeps its record: its source has not reported it gone.
   */
  Optional<Effects> newer(String key) {
    Optional<ServedState> last = catalog.served().byKey(key);
    Optional<TagState> name = catalog.tags().byKey(key);
    Shown shown = new Shown(catalog, rules.get());
    Optional<ServedState> shows = name.map(of -> shown.of(of, last, clock)).orElse(last);
    Optional<ServedState> next =
        shows.filter(ServedRecords::isOfForgotten).isPresent()
            ? shows
            : forgotten(key).or(() -> shows);
    if (next.isPresent() && !next.equals(last)) {
      return next.map(Effects::of);
    }
    return last.filter(state -> isOver(state, name.isPresent()) && !standsForRelease(state))
        .map(_ -> Effects.deleting(Topic.SERVED, key));
  }

  /** The record of the key if it belongs to a forgotten digest. */
  private Optional<ServedState> forgotten(String key) {
    if (key.indexOf('@') < 0) {
      return Optional.empty();
    }
    try {
      Reference reference = Reference.canonical(key);
      return reference
          .digest()
          .filter(digest -> reference.tag().isEmpty() && catalog.decisions().isForgotten(digest))
          .map(digest -> forgotten(reference.name(), digest));
    } catch (OciFormatException e) {
      return Optional.empty(); // nor do sites take a record of that name
    }
  }

  private ServedState forgotten(RepositoryName name, Digest digest) {
    Digest subject =
        catalog.conversions().forRepository(name, digest).stream()
            .flatMap(image -> Optional.ofNullable(image.subject()).stream())
            .findFirst()
            .orElse(null);
    return new ServedState(
        name, null, digest, subject, List.of(), null, RemovalReason.FORGOTTEN, clock.instant());
  }

  private static boolean isOfForgotten(ServedState state) {
    return state.removed() == RemovalReason.FORGOTTEN;
  }

  /** While its source has the name, this record prevents another conversion and an older image. */
  private boolean standsForRelease(ServedState state) {
    return state.removed() == RemovalReason.RELEASED
        && catalog.tags().byKey(state.key()).filter(name -> !name.deleted()).isPresent();
  }

  /**
   * @param hasName whether its source has or had a name with this key
   */
  private boolean isOver(ServedState state, boolean hasName) {
    if (state.tag() == null && isOfForgotten(state)) {
      boolean isForgotten = catalog.decisions().isForgotten(state.digest());
      return !isForgotten && (!hasName || isOld(state));
    }
    return state.removed() != null && isOld(state);
  }

  private boolean isOld(ServedState state) {
    return !state.changedAt().plus(REMOVALS_KEPT).isAfter(clock.instant());
  }
}
