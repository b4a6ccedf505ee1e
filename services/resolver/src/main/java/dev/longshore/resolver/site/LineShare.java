package dev.longshore.resolver.site;

import dev.longshore.sites.Group;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * How much may be fetched ahead while requested images are fetched: these get most of the line, and
 * fetch-ahead continues with the rest, however long they take.
 */
final class LineShare {
  /** Less is not worth a request. */
  private static final long LEAST = 1L << 20;

  /** What was not used up is not made up for: who asks later would wait for it. */
  private static final long MOST = 32L << 20;

  /** What is asked for, and has sent nothing for longer, leaves the line to others. */
  private static final Duration IDLE = Duration.ofSeconds(2);

  private final LongSupplier nanos;

  /** Of the line, how much is for what is asked for. */
  private int percent = Group.ASKED_PERCENT;

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

  /** So much of the line is for what is asked for, 1 to 100. */
  synchronized void percent(int now) {
    percent = now;
  }

  /** Bytes came that somebody asked for. */
  synchronized void asked(long bytes) {
    cameAt = nanos.getAsLong();
    credit = Math.min(MOST, credit + bytes * (100 - percent) / percent);
  }

  /** Bytes that may be fetched ahead now; none if 0. */
  synchronized long take() {
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
