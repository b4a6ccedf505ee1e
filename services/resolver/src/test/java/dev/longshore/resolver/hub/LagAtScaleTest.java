package dev.longshore.resolver.hub;

import static dev.longshore.resolver.hub.RunningHub.group;
import static dev.longshore.resolver.hub.RunningHub.rule;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.AbsenceReason;
import dev.longshore.events.ServedState;
import dev.longshore.events.State;
import dev.longshore.resolver.hub.LagBed.Said;
import dev.longshore.resolver.testing.States;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The cost of a look at all sites. With {@code -Dlongshore.lag.images=100000} it is that of a large
 * centre.
 */
class LagAtScaleTest {
  private static final int IMAGES = Integer.getInteger("longshore.lag.images", 4_000);
  private static final int SITES = 200;
  private static final int PER_REPOSITORY = 20;
  private static final int STEPS = 10;
  private static final Duration PROMISED = Duration.ofSeconds(1);

  @Test
  @Timeout(300)
  void twoHundredSitesAreLookedAtWithinASecondHoweverFarTheyAreBehind() throws Exception {
    try (LagBed bed =
        new LagBed(group("shops", rule("**")), group("depots", rule("registry.test/shop/**")))) {
      List<String> cursors = new ArrayList<>(List.of(""));
      for (int step = 0; step < STEPS; step++) {
        List<State> names = new ArrayList<>();
        for (int i = 0; i < IMAGES / STEPS; i++) {
          names.add(served(step * (IMAGES / STEPS) + i));
        }
        bed.put(names.toArray(State[]::new));
        cursors.add(bed.cursor("shops"));
      }
      for (int i = 0; i < SITES; i++) {
        String site = "site-" + i;
        bed.site(site, i % 3 == 0 ? "depots" : "shops");
        bed.report(
            site,
            cursors.get(i % cursors.size()),
            i % 2 == 0 ? Said.ALL_THERE : Said.lacks(AbsenceReason.UNDER_WAY, 2, 2_000, States.AT));
      }
      long before = used();
      Duration first = time(bed);
      long held = used() - before;
      Duration next = time(bed);
      bed.put(served(7));
      Duration changed = time(bed);

      System.out.printf(
          "%d images, %d sites: first %d ms, then %d ms, after a change %d ms, %d bytes an image%n",
          IMAGES, SITES, first.toMillis(), next.toMillis(), changed.toMillis(), held / IMAGES);
      assertThat(next).isLessThan(PROMISED);
      assertThat(changed).isLessThan(PROMISED);
      assertThat(bed.lag()).hasSize(SITES).allMatch(lag -> lag.state().isLate());
    }
  }

  private static ServedState served(int number) {
    return RunningHub.served(
        "registry.test/shop/app-" + number / PER_REPOSITORY,
        "1." + number % PER_REPOSITORY,
        States.AT.plusSeconds(number),
        RunningHub.image("registry.test/shop/app-" + number / PER_REPOSITORY, number, "plain"));
  }

  /** Of the processor: the machine may be busy with something else. */
  private static Duration time(LagBed bed) {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long began = threads.getCurrentThreadCpuTime();
    assertThat(bed.lag()).hasSize(SITES);
    return Duration.ofNanos(threads.getCurrentThreadCpuTime() - began);
  }

  private static long used() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
