package dev.longshore.app.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.catalog.testing.Samples;
import dev.longshore.testing.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SessionsTest {
  private final ManualClock clock = new ManualClock(Samples.NOW);
  private final Sessions sessions =
      new Sessions(new Sessions.Limits(4, 2, Duration.ofHours(12), Duration.ofHours(2)), clock);

  @Test
  void aSessionGivesBackWhatWasShownAndNothingForAnotherId() {
    String id = sessions.begin("alice", "Bearer a");
    assertThat(sessions.authorization(id)).contains("Bearer a");
    assertThat(sessions.authorization(id + "x")).isEmpty();
    assertThat(sessions.authorization("")).isEmpty();
    assertThat(id).hasSizeGreaterThan(42).isNotEqualTo(sessions.begin("alice", "Bearer a"));
  }

  @Test
  void itEndsWhenItIsNotUsedAndAtTheEndOfAShiftHoweverMuchItIsUsed() {
    String idle = sessions.begin("alice", "Bearer a");
    clock.advance(Duration.ofHours(2));
    assertThat(sessions.authorization(idle)).isEmpty();

    String used = sessions.begin("alice", "Bearer a");
    for (int i = 0; i < 11; i++) {
      clock.advance(Duration.ofHours(1));
      assertThat(sessions.authorization(used)).as("after " + i + " hours more").isPresent();
    }
    clock.advance(Duration.ofHours(1));
    assertThat(sessions.authorization(used)).isEmpty();
    assertThat(sessions.size()).isZero();
  }

  @Test
  void oneCallerTakesNoMoreThanItsShareAndAllTogetherNoMoreThanTheLimit() {
    List<String> alice = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      alice.add(sessions.begin("alice", "Bearer a"));
    }
    assertThat(sessions.authorization(alice.getFirst())).as("its oldest").isEmpty();
    assertThat(sessions.authorization(alice.getLast())).isPresent();

    String bob = sessions.begin("bob", "Bearer b");
    String carol = sessions.begin("carol", "Bearer c");
    assertThat(sessions.authorization(bob)).isPresent();
    String dave = sessions.begin("dave", "Bearer d");
    assertThat(sessions.size()).isEqualTo(4);
    assertThat(sessions.authorization(alice.get(1))).as("used longest ago").isEmpty();
    assertThat(List.of(bob, carol, dave)).allMatch(id -> sessions.authorization(id).isPresent());
  }

  @Test
  void whoLogsOutIsOut() {
    String id = sessions.begin("alice", "Bearer a");
    sessions.end(id);
    assertThat(sessions.authorization(id)).isEmpty();
  }
}
