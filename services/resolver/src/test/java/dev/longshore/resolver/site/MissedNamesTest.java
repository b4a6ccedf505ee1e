package dev.longshore.resolver.site;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.model.RepositoryName;
import dev.longshore.model.Tag;
import dev.longshore.sites.Group;
import dev.longshore.sites.Report;
import dev.longshore.testing.ManualClock;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MissedNamesTest {
  private static final RepositoryName APP = RepositoryName.canonical("registry.test/shop/app");
  private static final String NEW = APP + ":2.0";

  private final ManualClock clock = new ManualClock(HubTwin.AT);
  private final Set<String> known = new HashSet<>();
  private @Nullable Group group = group("registry.test/shop/*");
  private final MissedNames missed = new MissedNames(() -> group, known::contains, clock);

  private static Group group(String... repositories) {
    return new Group("shops", null, List.of(), "UTC", false, null, null, List.of(repositories));
  }

  private boolean add(String tag) {
    return missed.add(APP, new Tag(tag));
  }

  @Test
  void aNameIsToldOnceAnHour() {
    assertThat(add("2.0")).isTrue();
    assertThat(add("2.0")).as("while it waits").isFalse();
    assertThat(missed.waiting()).containsExactly(NEW);

    missed.told(List.of(NEW));
    assertThat(add("2.0")).as("once told").isFalse();
    assertThat(missed.waiting()).isEmpty();

    clock.advance(MissedNames.EVERY);
    assertThat(add("2.0")).isTrue();
  }

  @Test
  void whatNoRuleNamesIsNobodysBusiness() {
    assertThat(missed.add(RepositoryName.canonical("registry.test/office/mail"), new Tag("1")))
        .isFalse();

    group = group("[", "registry.test/shop/**/x**");
    assertThat(add("2.0")).as("by patterns that are none").isFalse();
    group = group();
    assertThat(add("2.0")).as("of a hub that does not say").isFalse();
    group = null;
    assertThat(add("2.0")).as("before the hub said anything").isFalse();
    assertThat(missed.waiting()).isEmpty();
  }

  @Test
  void aNameThatTheHubToldOfIsNotMissed() {
    known.add(NEW);

    assertThat(add("2.0")).isFalse();
  }

  @Test
  void theRestIsToldNextTimeAndAClientThatAsksForNonsenseFillsNoLine() {
    for (int i = 0; i < 10 * MissedNames.MOST; i++) {
      assertThat(add("t" + i)).isEqualTo(i < MissedNames.MOST);
    }
    int told = 0;
    for (List<String> names = missed.waiting(); !names.isEmpty(); names = missed.waiting()) {
      assertThat(names).hasSizeLessThanOrEqualTo(Report.MISSED);
      missed.told(names);
      told += names.size();
    }
    assertThat(told).isEqualTo(MissedNames.MOST);
    clock.advance(Duration.ofMinutes(59));
    assertThat(add("late")).isFalse();
    clock.advance(Duration.ofMinutes(1));
    assertThat(add("late")).isTrue();
  }
}
