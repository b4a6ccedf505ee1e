package dev.longshore.watcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.PollState;
import dev.longshore.testing.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class PollAgendaTest {
  private static final Duration INTERVAL = Duration.ofMinutes(5);
  private static final Duration STEP = Duration.ofSeconds(10);

  private final ManualClock clock = new ManualClock(Instant.parse("2026-01-01T00:00:00Z"));
  private final Set<String> others = new HashSet<>();
  private final PollAgenda agenda =
      new PollAgenda(INTERVAL, name -> !others.contains(name), clock, new Random(1));

  @Test
  void aQuietRepositoryIsLookedAtEightTimesLessOften() {
    listed("app");
    looked(false);

    assertThat(pauses(5, "app", false))
        .satisfiesExactly(
            pause -> assertAbout(pause, 1),
            pause -> assertAbout(pause, 2),
            pause -> assertAbout(pause, 4),
            pause -> assertAbout(pause, 8),
            pause -> assertAbout(pause, 8));
  }

  @Test
  void oneInWhichALookFoundSomethingIsLookedAtOftenAgain() {
    listed("app");
    looked(false);
    pauses(4, "app", false);

    pauses(1, "app", true);

    assertThat(pauses(2, "app", false))
        .satisfiesExactly(pause -> assertAbout(pause, 1), pause -> assertAbout(pause, 2));
  }

  @Test
  void oneInWhichSomethingChangedOtherwiseIsLookedAtSoon() {
    listed("app");
    looked(false);
    pauses(4, "app", false);

    agenda.changed("app");

    assertThat(pauses(1, "app", false)).satisfiesExactly(pause -> assertAbout(pause, 1));
  }

  @Test
  void looksAtManyRepositoriesDoNotStayBunched() {
    String[] names = new String[100];
    for (int i = 0; i < names.length; i++) {
      names[i] = "app" + i;
    }
    listed(names);
    for (int i = 0; i < names.length; i++) {
      looked(false);
    }
    clock.advance(INTERVAL.multipliedBy(95).dividedBy(100));

    int early = 0;
    Optional<PollTask> next = agenda.next();
    while (next.isPresent()) {
      if (next.get().repository() == null) {
        list(next.get(), names);
      } else {
        early++;
      }
      next = agenda.next();
    }

    assertThat(early).isBetween(25, 75);
  }

  @Test
  void whatAnotherWatcherHoldsIsLeftToItUntilItComesHere() {
    others.add("app");
    listed("app");
    assertThat(agenda.next()).isEmpty();

    others.clear();
    agenda.restore(state("app", "v2", clock.instant()));
    agenda.came();

    assertThat(agenda.next().flatMap(PollTask::cursor)).contains("v2");
  }

  @Test
  void whatNobodyLookedAtYetIsLookedAtWhenItComesHere() {
    others.add("app");
    listed("app");
    assertThat(agenda.next()).isEmpty();

    others.clear();
    agenda.came();

    assertThat(agenda.next().map(PollTask::repository)).contains("app");
  }

  @Test
  void whatWasLookedAtBeforeARestartWaitsForItsTime() {
    list(
        agenda.next().orElseThrow(),
        Map.of("app", state("app", null, clock.instant().plus(INTERVAL))),
        "app");

    assertThat(agenda.next()).isEmpty();
    assertThat(pauses(1, "app", false)).satisfiesExactly(pause -> assertAbout(pause, 1));
  }

  @Test
  void aTimeFarAheadIsNotBelieved() {
    list(
        agenda.next().orElseThrow(),
        Map.of("app", state("app", null, clock.instant().plus(Duration.ofDays(300)))),
        "app");

    assertThat(pauses(1, "app", false)).satisfiesExactly(pause -> assertAbout(pause, 8));
  }

  @Test
  void aClockThatIsSetBackDelaysNoLook() {
    listed("app");
    looked(false);
    clock.advance(Duration.ofDays(-1));
    assertThat(agenda.next()).as("its pause goes on").isEmpty();

    clock.advance(INTERVAL);

    assertThat(agenda.next()).as("the list").hasValueSatisfying(look -> list(look, "app"));
    assertThat(agenda.next()).hasValueSatisfying(look -> end(look, false));
  }

  @Test
  void aRoundFromBeforeTheClockWasSetBackCoversNothingThatCameSince() {
    CompletableFuture<Void> round = agenda.ask();
    listed("app");
    looked(false);
    assertThat(round).isCompleted();
    clock.advance(Duration.ofDays(-1));
    assertThat(agenda.next()).isEmpty();

    assertThat(agenda.askSince(clock.instant())).isNotCompleted();
  }

  @Test
  void aRoundLooksAtAllThatIsListedWhoeverHoldsIt() {
    listed("app", "other");
    looked(false);
    looked(false);
    others.add("other");
    CompletableFuture<Void> done = agenda.ask();

    list(agenda.next().orElseThrow(), "app", "other", "third");
    for (String name : List.of("app", "other", "third")) {
      assertThat(done).isNotDone();
      PollTask look = agenda.next().orElseThrow();
      assertThat(look.repository()).isEqualTo(name);
      agenda.looked(look, state(name, null, clock.instant().plus(INTERVAL)));
    }

    assertThat(done).isCompleted();
  }

  @Test
  void aLookThatBeganBeforeTheRoundDoesNotCountForIt() {
    listed("app");
    PollTask before = agenda.next().orElseThrow();
    CompletableFuture<Void> done = agenda.ask();
    list(agenda.next().orElseThrow(), "app");
    assertThat(agenda.next()).as("the look goes on").isEmpty();

    agenda.looked(before, state("app", null, clock.instant().plus(INTERVAL)));
    assertThat(done).isNotDone();
    looked(false);

    assertThat(done).isCompleted();
  }

  @Test
  void aRoundComparesWhatALookBeforeItHadCompared() {
    listed("app");
    PollTask cut = agenda.next().orElseThrow();
    agenda.interrupted(cut, state("app", "v2", clock.instant()));
    agenda.brokenOff(cut);
    var _ = agenda.ask();
    list(agenda.next().orElseThrow(), "app");

    assertThat(agenda.next().flatMap(PollTask::cursor)).isEmpty();
  }

  @Test
  void aRoundIsOverThoughARepositoryIsGone() {
    listed("app", "gone");
    CompletableFuture<Void> done = agenda.ask();
    list(agenda.next().orElseThrow(), "app", "gone");
    looked(false);
    PollTask last = agenda.next().orElseThrow();
    agenda.brokenOff(last);
    clock.advance(INTERVAL);
    PollTask again = agenda.next().orElseThrow();
    assertThat(again.repository()).isEqualTo(last.repository());
    list(agenda.next().orElseThrow(), "app");
    agenda.looked(again, state("gone", null, clock.instant()));

    assertThat(done).isCompleted();
  }

  @Test
  void whatIsBrokenOffComesAfterTheOthers() {
    listed("app", "other");
    PollTask broken = agenda.next().orElseThrow();
    clock.advance(STEP);
    agenda.brokenOff(broken);

    assertThat(agenda.next().map(PollTask::repository))
        .isPresent()
        .isNotEqualTo(Optional.of(broken.repository()));
  }

  @Test
  void aListThatWasCutMakesNothingGo() {
    listed("app", "other");
    clock.advance(INTERVAL);
    PollTask list = agenda.next().orElseThrow();
    while (list.repository() != null) {
      agenda.looked(list, state(list.repository(), null, clock.instant().plus(INTERVAL)));
      list = agenda.next().orElseThrow();
    }

    assertThat(agenda.listed(list, Set.of("app"), false, Map.of())).isEmpty();
  }

  /** Has the list looked at, which must be what is due. */
  private void listed(String... names) {
    list(agenda.next().orElseThrow(), names);
  }

  private void list(PollTask look, String... names) {
    list(look, Map.of(), names);
  }

  private void list(PollTask look, Map<String, PollState> states, String... names) {
    assertThat(look.repository()).isNull();
    agenda.listed(look, new LinkedHashSet<>(List.of(names)), true, states);
  }

  private void looked(boolean changed) {
    PollTask look = agenda.next().orElseThrow();
    end(look, changed);
  }

  private void end(PollTask look, boolean changed) {
    assertThat(look.repository()).isNotNull();
    agenda.looked(look, state(look.repository(), null, agenda.nextAfter(look, changed)));
  }

  /** How long it takes until each of the next looks. */
  private List<Duration> pauses(int looks, String name, boolean changed) {
    List<Duration> pauses = new ArrayList<>();
    Instant last = clock.instant();
    while (pauses.size() < looks) {
      Optional<PollTask> next = agenda.next();
      if (next.isEmpty()) {
        clock.advance(STEP);
      } else if (next.get().repository() == null) {
        list(next.get(), name);
      } else {
        end(next.get(), changed);
        pauses.add(Duration.between(last, clock.instant()));
        last = clock.instant();
      }
    }
    return pauses;
  }

  /** Up to a tenth shorter. */
  private static void assertAbout(Duration pause, int intervals) {
    Duration full = INTERVAL.multipliedBy(intervals);
    assertThat(pause).isBetween(full.multipliedBy(9).dividedBy(10), full.plus(STEP));
  }

  private PollState state(String name, String cursor, Instant next) {
    return new PollState(
        "localhost:5055", name, cursor, null, null, clock.instant(), null, null, null, next);
  }
}
