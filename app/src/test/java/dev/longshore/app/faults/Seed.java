package dev.longshore.app.faults;

import dev.longshore.testing.FirstSeed;
import java.time.Duration;
import java.util.OptionalLong;

/** Seeds to run: those that a time budget allows, or the one that is to be repeated. */
final class Seed {
  private static final String PROPERTY = "longshore.seed";

  private Seed() {}

  /** One run of a test out of its seed. */
  @FunctionalInterface
  interface Run {
    void of(long seed) throws Exception;
  }

  /**
   * Runs seeds, from {@link FirstSeed} on, until the time is over; at least so many.
   *
   * @param least seeds that run however long they take
   * @return number of seeds that ran
   * @throws AssertionError for the first seed that fails: which one, and how to repeat it
   */
  static int each(Class<?> test, int least, Duration budget, Run run) {
    String named = System.getProperty(PROPERTY);
    OptionalLong only =
        named == null ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(named));
    long first = only.orElse(FirstSeed.get());
    long end = System.nanoTime() + budget.toNanos();
    int count = 0;
    do {
      long seed = first + count;
      try {
        run.of(seed);
      } catch (Exception | AssertionError e) { // whatever a seed meets must be told with the seed
        throw new AssertionError(
            "seed %d of %s failed; repeat it with: %s%n%s"
                .formatted(seed, test.getSimpleName(), command(test, seed), e.getMessage()),
            e);
      }
      count++;
    } while (only.isEmpty() && (count < least || System.nanoTime() < end));
    System.out.printf("%s: %d seeds from %d on%n", test.getSimpleName(), count, first);
    return count;
  }

  private static String command(Class<?> test, long seed) {
    boolean programs = test.getSimpleName().endsWith("IT");
    return ("./longshore test -pl app -am -D%s=%s -D%s=none -Dlongshore.seed=%d"
            + " -Dsurefire.failIfNoSpecifiedTests=false -Dfailsafe.failIfNoSpecifiedTests=false")
        .formatted(
            programs ? "it.test" : "test",
            test.getSimpleName(),
            programs ? "test" : "it.test",
            seed);
  }

  /** A time budget in whole seconds, from a system property. */
  static Duration budget(String property, int seconds) {
    return Duration.ofSeconds(Integer.getInteger(property, seconds));
  }
}
