package dev.longshore.runtime.kafka;

import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Since when a record of one partition may wait to be read, held up only by other work. Kafka
 * reports how many there are, not how old they are; but they came after the last one read, and
 * after the last check that found none. Written by the consumer's thread.
 */
final class Unread {
  private final Instant begun;
  private @Nullable Instant lastRead;
  private @Nullable Instant lastEmpty;
  private volatile @Nullable Instant since;
  private volatile @Nullable Instant aside;

  /**
   * @param begun when the partition was assigned to this process
   */
  Unread(Instant begun) {
    this.begun = begun;
  }

  /** A record was read. */
  void read(Instant appendedAt) {
    lastRead = appendedAt;
  }

  /** Records a check for more to read. */
  void looked(boolean isMore, Instant now) {
    if (isMore) {
      since = latest();
    } else {
      lastEmpty = now;
      since = null;
    }
  }

  /** Since when one waits that was put aside, to be read again; null if none does. */
  void putAside(@Nullable Instant first) {
    aside = first;
  }

  private Instant latest() {
    Instant empty = lastEmpty;
    Instant read = lastRead;
    if (empty == null || (read != null && read.isAfter(empty))) {
      return read == null ? begun : read;
    }
    return empty;
  }

  /** Empty if nothing waits. */
  Optional<Instant> since() {
    return Stream.of(Optional.ofNullable(aside), Optional.ofNullable(since))
        .flatMap(Optional::stream)
        .min(Comparator.naturalOrder());
  }
}
