package dev.longshore.testing;

/**
 * Where tests that try one seed after another begin. {@code ./longshore test} takes it from the
 * commit, so that each landing tries seeds that no other tried.
 */
public final class FirstSeed {
  /** The system property that names it. */
  public static final String PROPERTY = "longshore.seeds.first";

  private FirstSeed() {}

  /** The first seed of this run: what the system property says, else 1. */
  public static long get() {
    return Long.getLong(PROPERTY, 1);
  }
}
