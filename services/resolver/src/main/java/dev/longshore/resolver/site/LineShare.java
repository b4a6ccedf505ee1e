package dev.longshore.resolver.site;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * How much may be fetched ahead while images come that somebody asked for: these have most of the
 * line, and what is kept goes on with the rest, however long they keep coming.
 */
final class LineShare {
  /** Less is not worth a request. */
  private static final long LEAST = 1L << 20;

  /** What was not used up is not made up for: who asks later would wait for it. */
  private static final long MOST = 32L << 20;

  /** What is asked for, and has sent nothing for longer, leaves the line to others. */
  private static final Duration IDLE = Duration.ofSeconds(2);

  private final LongSupplier nanos;
  private long credit;
  private long cameAt;

  LineShare(LongSupplier nanos) {
    this.nanos = nanos;
    this.cameAt = nanos.getAsLong();
  }

  /** Somebody begins to ask. */
  synchronized void begin() {
    cameAt = nanos.getAsLong();
  }

  /**
   * Bytes came that somebody asked for.
   *
   * @param percent of the line that is for them, 1 to 100
   */
  synchronized void asked(long bytes, int percent) {
    cameAt = nanos.getAsLong();
    credit = Math.min(MOST, credit + bytes * (100 - percent) / percent);
  }

  /** Bytes that may be fetched ahead now; none if 0. */
  synchronized long take(int percent) {
    if (percent >= 100) {
      return 0;
    }
    if (credit < LEAST && nanos.getAsLong() - cameAt >= IDLE.toNanos()) {
      return LEAST;
    }
    return credit < LEAST ? 0 : credit;
  }

  /** Bytes came that nobody waits for. */
  synchronized void ahead(long bytes) {
    credit = Math.max(-MOST, credit - bytes);
  }
}
