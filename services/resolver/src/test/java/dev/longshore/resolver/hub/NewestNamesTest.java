package dev.longshore.resolver.hub;

import static dev.longshore.resolver.hub.RunningHub.group;
import static dev.longshore.resolver.hub.RunningHub.rule;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.catalog.Catalog;
import dev.longshore.events.ServedState;
import dev.longshore.resolver.testing.States;
import dev.longshore.rules.TagSettings;
import dev.longshore.testing.ManualClock;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A rule that names the newest tags alone, and a repository that has very many. */
class NewestNamesTest {
  private static final String REPOSITORY = "registry.test/shop/app";
  private static final int TAGS = 10_000;
  private static final int NEWEST = 3;

  private final NamedOfGroup named =
      new NamedOfGroup(
          new SiteGroups(() -> List.of(group("shops", rule(REPOSITORY, TagSettings.ALL, NEWEST))))
              .now()
              .getFirst(),
          new ExpectedBytes(Catalog.inMemory(new ManualClock(States.AT))));

  private static ServedState pushed(int tag, int second) {
    return RunningHub.served(
        REPOSITORY,
        "1." + tag,
        States.AT.plusSeconds(second),
        RunningHub.image(REPOSITORY, second, "plain"));
  }

  @Test
  void theNewestOfTenThousandTagsAreNamedWithinSeconds() {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long began = threads.getCurrentThreadCpuTime();

    for (int tag = 0; tag < TAGS; tag++) {
      // Not in the order of their pushes.
      int second = (int) (tag * 7_919L % TAGS);
      assertThat(named.put(pushed(tag, second), 0, tag)).hasSize(1);
    }

    assertThat(Duration.ofNanos(threads.getCurrentThreadCpuTime() - began))
        .isLessThan(Duration.ofSeconds(8));
    assertOldest(TAGS - NEWEST);
  }

  private void assertOldest(int second) {
    NamedByPosition.Rest all = named.byPlace().all();
    assertThat(all.images()).isEqualTo(NEWEST);
    assertThat(all.oldest()).isNotNull();
    assertThat(all.oldest().time()).isEqualTo(States.AT.plusSeconds(second));
  }

  @Test
  void aTagThatMovesOrGoesGivesItsPlaceToAnother() {
    for (int tag = 0; tag < 10; tag++) {
      named.put(pushed(tag, tag), 0, tag);
    }
    assertOldest(7);

    named.put(pushed(2, 20), 0, 20);
    assertOldest(8);

    named.remove(NamedImage.hash(pushed(2, 20).key()));
    named.remove(NamedImage.hash(pushed(9, 9).key()));
    assertOldest(6);
  }
}
