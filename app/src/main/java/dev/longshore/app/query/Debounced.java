package dev.longshore.app.query;

import dev.longshore.events.Origin;
import dev.longshore.events.TagState;
import dev.longshore.model.Digest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What the debounce of its rule did to a tag.
 *
 * @param skipped versions that were not converted, as another followed them too soon; the newest
 *     first
 * @param until when the present version may be converted; null if it need not wait
 */
record Debounced(@Nullable Duration time, List<Skipped> skipped, @Nullable Instant until) {
  /** Shown to people. */
  private static final int SHOWN = 5;

  /** There is none. */
  static final Debounced NOT = new Debounced(null, List.of(), null);

  Debounced {
    skipped = List.copyOf(skipped);
  }

  /**
   * A version, and the one that took its place.
   *
   * @param at when it came
   */
  record Skipped(Digest digest, Digest by, Instant at) {}

  /**
   * By the versions that the tag has left.
   *
   * @param time of its rule; null if that has none
   * @param isConverted whether a digest was, all the same
   */
  static Debounced of(
      @Nullable TagState tag, @Nullable Duration time, Predicate<Digest> isConverted) {
    if (tag == null || time == null) {
      return NOT;
    }
    List<Skipped> skipped = new ArrayList<>();
    Digest next = tag.digest();
    for (TagState.Version version : tag.versions()) {
      Instant came = version.observedAt();
      if (came != null
          && version.leftAt().isBefore(came.plus(time))
          && !version.digest().equals(next)
          && !isConverted.test(version.digest())) {
        skipped.add(new Skipped(version.digest(), next, came));
      }
      next = version.digest();
    }
    boolean mayWait = tag.origin() != Origin.PUSH && tag.origin() != Origin.BACKFILL;
    return new Debounced(time, skipped, mayWait ? tag.observedAt().plus(time) : null);
  }

  List<String> lines() {
    List<String> lines = new ArrayList<>();
    skipped.stream().limit(SHOWN).forEach(one -> lines.add(words(one)));
    if (skipped.size() > SHOWN) {
      lines.add("and %d more before it".formatted(skipped.size() - SHOWN));
    }
    return lines;
  }

  private String words(Skipped one) {
    return "%s of %s: superseded by %s before its debounce of %d s ended"
        .formatted(one.digest(), one.at(), one.by(), time == null ? 0 : time.toSeconds());
  }
}
