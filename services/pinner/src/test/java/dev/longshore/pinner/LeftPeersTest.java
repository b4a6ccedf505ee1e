package dev.longshore.pinner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.Decision.Confirm;
import dev.longshore.events.Decision.Drain;
import dev.longshore.events.DecisionState;
import dev.longshore.model.Cid;
import dev.longshore.model.Mode;
import dev.longshore.model.PeerName;
import dev.longshore.rules.LeftGuard;
import dev.longshore.rules.RuleSettings;
import dev.longshore.runtime.testing.Eventually;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Several peers are missing from the settings at once, in the file or after a restart. */
@Timeout(60)
class LeftPeersTest {
  private static final String[] ALL = {"a", "b", "c", "d", "e", "f"};
  private static final String[] SHORT = {"c", "d", "e", "f"};
  private static final List<String> OTHERS = List.of(SHORT);

  private static final Duration LONG = KeptBed.LOST_AFTER.plusMinutes(5);

  private final KeptBed bed = new KeptBed(ALL);
  private final Map<Cid, List<String>> before = new HashMap<>();

  @BeforeEach
  void images() throws Exception {
    bed.knowsImages = true;
    bed.namesImages = true;
    for (Cid dag : bed.images(IntStream.range(0, 20).mapToObj(n -> "image " + n).toList(), 3)) {
      before.put(dag, bed.verified(dag));
    }
    bed.rounds(Duration.ofMinutes(1));
    assertThat(before.values())
        .as("one image has a copy left, and one has two")
        .anyMatch(had -> had.containsAll(List.of("a", "b")))
        .anyMatch(had -> had.contains("a") != had.contains("b"));
  }

  @AfterEach
  void close() {
    bed.close();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void theirCopiesCountAndOnlyWhatIsDownToOneIsMadeElsewhere(boolean byRestart) {
    leave(byRestart);
    bed.rounds(LONG);

    assertThat(guard()).isPresent();
    assertThat(guard().orElseThrow().peers())
        .isEqualTo(Set.of(new PeerName("a"), new PeerName("b")));
    before.forEach(
        (dag, had) -> {
          if (had.containsAll(List.of("a", "b"))) {
            bed.awaitCopies(dag, others(dag));
          } else {
            assertThat(bed.verified(dag)).containsExactlyInAnyOrderElementsOf(had);
          }
        });
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void itEndsWhenTheyAreBack(boolean byRestart) {
    leave(byRestart);
    bed.rounds(LONG);
    join(byRestart);
    bed.rounds(LONG);

    assertThat(bed.plan(List.of(), bed.peers(ALL)).held().left()).isEmpty();
    before.forEach(
        (dag, had) -> {
          if (!had.containsAll(List.of("a", "b"))) {
            assertThat(bed.verified(dag)).containsExactlyInAnyOrderElementsOf(had);
          }
        });
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatTheyHadIsMadeElsewhereOnceThatIsConfirmed(boolean byRestart) throws Exception {
    leave(byRestart);
    bed.rounds(LONG);
    LeftGuard guard = guard().orElseThrow();
    bed.write(
        DecisionState.of(
            "confirm",
            new Confirm(guard.id(), guard.count()),
            "ann",
            "we gave them back",
            bed.clock.instant(),
            null));

    Eventually.inRounds(
        "three copies of all",
        () -> {
          bed.rounds(Duration.ofMinutes(1));
          return before.keySet().stream()
              .allMatch(
                  dag ->
                      bed.verified(dag).size() == 3
                          && List.of(SHORT).containsAll(bed.verified(dag)));
        });
    assertThat(guard()).isEmpty();
  }

  /** Months later the list of peers may be cut off again. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatWasConfirmedEndsWhenOneOfThemIsBack(boolean byRestart) throws Exception {
    leave(byRestart);
    bed.rounds(LONG);
    LeftGuard guard = guard().orElseThrow();
    bed.write(
        DecisionState.of(
            "confirm",
            new Confirm(guard.id(), guard.count(), List.copyOf(guard.peers())),
            "ann",
            "we gave them back",
            bed.clock.instant(),
            null));
    Eventually.inRounds(
        "three copies elsewhere",
        () -> {
          bed.rounds(Duration.ofMinutes(1));
          return before.keySet().stream()
              .allMatch(dag -> bed.verified(dag).stream().filter(OTHERS::contains).count() == 3);
        });

    join(byRestart);
    bed.write(
        DecisionState.of(
            "drain", new Drain(new PeerName("c"), null), "ann", "old", bed.clock.instant(), null));
    Eventually.inRounds(
        "copies on those that are back",
        () -> {
          bed.rounds(Duration.ofMinutes(20));
          return before.keySet().stream()
              .allMatch(dag -> bed.verified(dag).size() == 3 && !bed.verified(dag).contains("c"));
        });
    before.replaceAll((dag, _) -> bed.verified(dag));
    assertThat(before.values()).anyMatch(had -> had.contains("a") != had.contains("b"));

    leave(byRestart);
    bed.rounds(LONG);
    assertThat(guard().orElseThrow().peers()).isEqualTo(guard.peers());
    before.forEach(
        (dag, had) -> {
          if (!had.containsAll(List.of("a", "b"))) {
            assertThat(bed.verified(dag)).containsExactlyInAnyOrderElementsOf(had);
          }
        });
  }

  /** Some have nothing left that is needed before the others. */
  @Test
  void whatIsConfirmedOfThreeIsConfirmedUntilTheLastIsDone() throws Exception {
    bed.restart("d", "e", "f");
    bed.rounds(LONG);
    LeftGuard guard = bed.plan(List.of(), bed.peers("d", "e", "f")).held().left().orElseThrow();
    assertThat(guard.count()).isEqualTo(3);
    bed.write(
        DecisionState.of(
            "confirm",
            new Confirm(guard.id(), guard.count(), List.copyOf(guard.peers())),
            "ann",
            "we gave them back",
            bed.clock.instant(),
            null));

    bed.mostAsked = 1;
    Eventually.inRounds(
        "three copies of all",
        () -> {
          bed.clock.advance(Rebalancer.EVERY);
          bed.round();
          return before.keySet().stream()
              .allMatch(dag -> Set.copyOf(bed.verified(dag)).equals(Set.of("d", "e", "f")));
        });
  }

  /** Their copies are needed until that many fewer are wanted in fact. */
  @Test
  void theyCountThoughTheSameChangeAsksForFewerCopies() {
    List<RuleSettings> fewer =
        List.of(new RuleSettings("**", List.of(Mode.PLAIN), List.of(), 1, 1, null));
    bed.configure(fewer, bed.peers(SHORT));
    bed.rounds(LONG);

    assertThat(bed.plan(fewer, bed.peers(SHORT)).held().left()).isPresent();
    before.forEach(
        (dag, had) -> {
          if (!had.containsAll(List.of("a", "b"))) {
            assertThat(bed.verified(dag)).containsExactlyInAnyOrderElementsOf(had);
          }
        });
  }

  @Test
  void oneThatLeftIsReplacedUnaskedAfterARestartToo() {
    bed.restart("b", "c", "d", "e", "f");

    Eventually.inRounds(
        "three copies of all",
        () -> {
          bed.rounds(Duration.ofMinutes(1));
          return before.keySet().stream()
              .allMatch(dag -> bed.verified(dag).size() == 3 && !bed.verified(dag).contains("a"));
        });
  }

  private void leave(boolean byRestart) {
    if (byRestart) {
      bed.restart(SHORT);
    } else {
      bed.configure(SHORT);
    }
  }

  private void join(boolean byRestart) {
    if (byRestart) {
      bed.restart(ALL);
    } else {
      bed.configure(ALL);
    }
  }

  private Optional<LeftGuard> guard() {
    return bed.plan(List.of(), bed.peers(SHORT)).held().left();
  }

  /** Its three peers now, without any that left. */
  private String[] others(Cid dag) {
    Eventually.inRounds(
        "other copies",
        () -> {
          bed.rounds(Duration.ofMinutes(1));
          return bed.verified(dag).size() == 3 && List.of(SHORT).containsAll(bed.verified(dag));
        });
    return bed.verified(dag).toArray(String[]::new);
  }
}
