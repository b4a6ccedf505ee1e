package dev.longshore.converter;

import dev.longshore.catalog.Catalog;
import dev.longshore.events.Observed;
import dev.longshore.events.Origin;
import dev.longshore.events.TagState;
import dev.longshore.rules.Rules;
import dev.longshore.runtime.kafka.step.Progress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Has a tag come to rest before it is converted, if its rule says so. The messages of a tag are
 * handled in order, so each waits here until its time is over, or the next version is known. One
 * that waits is not done with: whoever takes its partition over reads it again.
 */
final class Debounce {
  /** A tag that never rests is converted once in so many times its debounce. */
  static final int ONCE_IN = 10;

  private static final Duration LOOK_AGAIN = Duration.ofMillis(500);

  private final Catalog catalog;
  private final Supplier<Rules> rules;
  private final Clock clock;

  /** For each tag whose last version was not converted: since when none was. */
  private final Map<String, Instant> restless = new ConcurrentHashMap<>();

  Debounce(Catalog catalog, Supplier<Rules> rules, Clock clock) {
    this.catalog = catalog;
    this.rules = rules;
    this.clock = clock;
  }

  /** Whether the version is left out, as another one followed it soon. Waits until that is sure. */
  boolean isSuperseded(Observed observed, Progress progress) throws InterruptedException {
    Optional<Duration> debounce = time(observed);
    if (debounce.isEmpty()) {
      return false;
    }
    Duration time = debounce.get();
    String key = observed.key();
    Instant last =
        restless.computeIfAbsent(key, _ -> clock.instant()).plus(time.multipliedBy(ONCE_IN));
    Instant end = observed.observedAt().plus(time);
    progress.idle(() -> await(observed, time, end.isBefore(last) ? end : last));
    boolean superseded = isFollowed(observed, time) && clock.instant().isBefore(last);
    if (!superseded) {
      restless.remove(key);
    }
    return superseded;
  }

  /** Nobody waits for what a person asked for, and no version follows what was there before. */
  private Optional<Duration> time(Observed observed) {
    boolean mayBeFollowed =
        observed.tag() != null
            && observed.request() == null
            && observed.origin() != Origin.PUSH
            && observed.origin() != Origin.BACKFILL;
    return mayBeFollowed
        ? Optional.ofNullable(
            rules.get().firstMatch(observed.name(), observed.selector()).settings().debounce())
        : Optional.empty();
  }

  /** By the clock, and for no longer than the time if that is set back. */
  private void await(Observed observed, Duration time, Instant until) throws InterruptedException {
    long began = System.nanoTime();
    Object nobody = new Object();
    synchronized (nobody) {
      while (clock.instant().isBefore(until)
          && System.nanoTime() - began < time.toNanos()
          && !isFollowed(observed, time)) {
        Duration left = Duration.between(clock.instant(), until);
        nobody.wait(Math.clamp(left.toMillis(), 1, LOOK_AGAIN.toMillis()));
      }
    }
  }

  /** Whether the catalog has a version that took this one's place within the time. */
  private boolean isFollowed(Observed observed, Duration time) {
    Optional<TagState> now = catalog.tags().byKey(observed.key());
    if (now.isEmpty() || !now.get().observedAt().isAfter(observed.observedAt())) {
      return false;
    }
    Optional<TagState.Version> left =
        now.get().versions().stream()
            .filter(version -> version.digest().equals(observed.digest()))
            .filter(version -> observed.observedAt().equals(version.observedAt()))
            .findFirst();
    return left.isPresent()
        ? left.get().leftAt().isBefore(observed.observedAt().plus(time))
        : now.get().versions().size() == TagState.VERSIONS;
  }
}
