package dev.longshore.resolver.site;

import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The recent rate of the line while bytes arrive. */
final class LineMeter {
  private static final long SECOND = 1_000_000_000L;

  /** After a longer pause something else begins. */
  private static final long PAUSE = 5 * SECOND;

  /** Less says nothing. */
  private static final long LEAST = SECOND;

  /** What is older counts half. */
  private static final long LATELY = 600 * SECOND;

  private final LongSupplier nanos;
  private boolean began;
  private long last;
  private long time;
  private double amount;

  LineMeter(LongSupplier nanos) {
    this.nanos = nanos;
  }

  synchronized void came(long bytes) {
    long now = nanos.getAsLong();
    long since = now - last;
    if (began && since <= PAUSE) {
      time += since;
      amount += bytes;
    }
    began = true;
    last = now;
    if (time > LATELY) {
      time /= 2;
      amount /= 2;
    }
  }

  /** None while too little came. */
  synchronized @Nullable Long bytesPerSecond() {
    return time < LEAST ? null : Math.max(1, Math.round(amount * SECOND / time));
  }
}
