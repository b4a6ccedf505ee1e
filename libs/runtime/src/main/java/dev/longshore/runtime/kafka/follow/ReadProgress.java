package dev.longshore.runtime.kafka.follow;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * When a follower did last what it is there for. Once it knew everything, that is when it last knew
 * everything. Until then each new record counts: a first read may take an hour, and must not look
 * like one that hangs.
 */
final class ReadProgress {
  private final InstantSource clock;
  private @Nullable Instant completeAt;
  private @Nullable Instant movedOnAt;
  private boolean isBehind = true;

  ReadProgress(InstantSource clock) {
    this.clock = clock;
  }

  /** A session begins, which has to read what came meanwhile, or everything again. */
  synchronized void begin() {
    isBehind = true;
  }

  /** New records came. */
  synchronized void movedOn() {
    movedOnAt = clock.instant();
  }

  /** Everything up to then is known. */
  synchronized void complete(Instant at) {
    completeAt = at;
    isBehind = false;
  }

  /** Up to when everything was known last; none if it never was. */
  synchronized Optional<Instant> completeAt() {
    return Optional.ofNullable(completeAt);
  }

  synchronized Optional<Instant> turnedAt() {
    return Stream.of(completeAt, isBehind ? movedOnAt : null)
        .filter(Objects::nonNull)
        .max(Comparator.naturalOrder());
  }
}
