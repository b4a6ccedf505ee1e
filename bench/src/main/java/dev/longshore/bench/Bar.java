package dev.longshore.bench;

import java.util.Locale;

/** What a figure has to reach. */
public sealed interface Bar {
  boolean metBy(double value);

  /** The figure may not be higher. */
  record AtMost(double limit) implements Bar {
    @Override
    public boolean metBy(double value) {
      return value <= limit;
    }

    @Override
    public String toString() {
      return String.format(Locale.ROOT, "at most %s", limit);
    }
  }

  /** The figure may not be lower. */
  record AtLeast(double limit) implements Bar {
    @Override
    public boolean metBy(double value) {
      return value >= limit;
    }

    @Override
    public String toString() {
      return String.format(Locale.ROOT, "at least %s", limit);
    }
  }
}
