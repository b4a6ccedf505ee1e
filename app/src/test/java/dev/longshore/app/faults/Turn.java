package dev.longshore.app.faults;

import dev.longshore.app.deploy.CompositionIT;
import dev.longshore.testing.FirstSeed;
import dev.longshore.testing.SplitMix;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which of the tests that start a cluster and disturb it runs in CI: the commit's number says one.
 * All of them run at night, and each for whoever asks for it by its name, a budget or a seed.
 */
public final class Turn {
  private static final List<Class<?>> TAKEN =
      List.of(KillIT.class, LosslessIT.class, KeepingIT.class, CompositionIT.class);

  private Turn() {}

  /**
   * Whether the test runs.
   *
   * @param asked the property by which more of it is asked for
   */
  public static boolean isOf(Class<?> test, String asked) {
    String named = System.getProperty("it.test", "");
    boolean wanted =
        named.contains(test.getSimpleName())
            || System.getProperty(asked) != null
            || System.getProperty("longshore.seed") != null;
    return wanted || of(Long.getLong(FirstSeed.PROPERTY)).contains(test);
  }

  /**
   * All of them where no commit says which. The number's remainders choose what a test begins with,
   * as KeepingIT's fault: none may have only some of them.
   */
  static List<Class<?>> of(@Nullable Long commit) {
    return commit == null ? TAKEN : List.of(TAKEN.get(new SplitMix(commit).nextInt(TAKEN.size())));
  }
}
