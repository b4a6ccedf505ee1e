package dev.longshore.app.query;

import static dev.longshore.app.query.WhySamples.AT;
import static dev.longshore.app.query.WhySamples.HINT;
import static dev.longshore.app.query.WhySamples.IMAGE;
import static dev.longshore.app.query.WhySamples.conversion;
import static dev.longshore.app.query.WhySamples.found;
import static dev.longshore.app.query.WhySamples.letGo;
import static dev.longshore.app.query.WhySamples.trouble;
import static dev.longshore.app.query.WhySamples.why;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.app.query.find.ExitCode;
import dev.longshore.app.query.find.Found;
import dev.longshore.app.query.find.Shows;
import dev.longshore.catalog.WorkFailure;
import dev.longshore.events.Decision;
import dev.longshore.events.DecisionState;
import dev.longshore.events.PinPhase;
import dev.longshore.model.Digest;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class WhyTest {
  @Test
  void findsTheStageThatAnImageIsAt() {
    assertThat(why(found(false), List.of()).stage()).isEqualTo(Why.Stage.NOT_HINTED);
    assertThat(why(found(true), List.of(HINT)).stage()).isEqualTo(Why.Stage.OBSERVED);
    assertThat(why(found(true, conversion(List.of(), null)), List.of(HINT)).stage())
        .isEqualTo(Why.Stage.CONVERTED);
    assertThat(why(found(true, conversion(List.of(), 2)), List.of(HINT)).stage())
        .isEqualTo(Why.Stage.PINNING);
    assertThat(why(found(true, conversion(List.of("sha256:l"), 3)), List.of(HINT)).stage())
        .isEqualTo(Why.Stage.INCOMPLETE);
    assertThat(why(found(true, conversion(List.of(), 3)), List.of(HINT)).stage())
        .isEqualTo(Why.Stage.THERE);
  }

  /** As a tag that was never pushed, in a repository that has others. */
  @Test
  void aHintThatWasHandledIsNotWaitedFor() {
    Why handled = why(found(false), List.of(HINT));
    assertThat(handled.stage()).isEqualTo(Why.Stage.NOT_SEEN);
    assertThat(handled.lines().getLast()).contains("'longshore push' asks now");

    assertThat(
            why(
                    found(false),
                    List.of(HINT),
                    List.of(new Backlog.Waiting("watcher", 1, false, Duration.ZERO)))
                .stage())
        .as("one may still be about it")
        .isEqualTo(Why.Stage.HINTED);
    assertThat(why(found(false), List.of(HINT), trouble(WorkFailure.Kind.TRANSIENT)).stage())
        .as("it could not be looked at")
        .isEqualTo(Why.Stage.HINTED);
  }

  @Test
  void peersAndBacklogMatterOnlyAtTheStagesThatAskForThem() {
    List<Backlog.Waiting> waiting =
        Stream.of("watcher", "converter", "pinner")
            .map(service -> new Backlog.Waiting(service, 5, false, Duration.ofSeconds(7)))
            .toList();
    for (Found found :
        List.of(
            found(false),
            found(true),
            found(true, conversion(List.of(), null)),
            found(true, conversion(List.of(), 2)),
            found(true, conversion(List.of("sha256:l"), 3)),
            found(true, conversion(List.of(), 3)),
            found(true, letGo(PinPhase.SURPLUS)),
            found(true, letGo(PinPhase.GONE)))) {
      for (List<HintSearch.Seen> hints : List.of(List.<HintSearch.Seen>of(), List.of(HINT))) {
        Why quiet = why(found, hints);
        Why busy = why(found, hints, waiting);
        Why.Stage stage = busy.stage();

        assertThat(!busy.lines().equals(quiet.lines()))
            .as("%s is another answer with a backlog", stage)
            .isEqualTo(stage.waitsForTurn());
        assertThat(quiet.lines().stream().anyMatch(line -> line.contains("peer-2 (site)")))
            .as("%s names peers that are away", stage)
            .isEqualTo(stage.waitsForPeers());
      }
    }
  }

  @Test
  void tellsWhichCopiesFailedAndIsCompleteOnlyWithAllOfThem() {
    Why two = why(found(true, conversion(List.of(), 2)), List.of(HINT));
    assertThat(String.join("\n", two.lines())).contains("2 of 3").contains("no space left");
    assertThat(two.exitCode()).isEqualTo(ExitCode.INCOMPLETE);

    Why all = why(found(true, conversion(List.of(), 3)), List.of(HINT));
    assertThat(all.exitCode()).isEqualTo(ExitCode.COMPLETE);
    assertThat(all.json().get("stage").asText()).isEqualTo("there");
  }

  /** Who pulls by the name gets what is recorded of it. */
  @Test
  void isNotThereBeforeTheNameIsRecordedToShowIt() {
    Found copied = found(true, conversion(List.of(), 3));
    Why why =
        why(
            new Found(
                IMAGE,
                copied.tag(),
                copied.digest(),
                copied.names(),
                copied.conversions(),
                new Shows(null, true)),
            List.of(HINT));

    assertThat(why.exitCode()).isEqualTo(ExitCode.INCOMPLETE);
    assertThat(why.json().get("stage").asText()).isEqualTo("verified");
  }

  @Test
  void resolveIsIncompleteWithTwoOfThreeCopiesAndAnErrorForTheUnknown() {
    assertThat(found(true, conversion(List.of(), 2)).exitCode()).isEqualTo(ExitCode.INCOMPLETE);
    assertThat(found(true).exitCode()).isEqualTo(ExitCode.INCOMPLETE);
    assertThat(found(false).exitCode()).isEqualTo(ExitCode.ERROR);
    assertThat(FoundView.json(found(true, conversion(List.of(), 3))).get("complete").asBoolean())
        .isTrue();
  }

  @Test
  void whatNoRuleKeepsSaysSinceWhenAndWhenItGoes() {
    Why surplus = why(found(true, letGo(PinPhase.SURPLUS)), List.of(HINT));
    assertThat(surplus.stage()).isEqualTo(Why.Stage.SURPLUS);
    assertThat(surplus.exitCode()).isEqualTo(ExitCode.INCOMPLETE);
    assertThat(String.join("\n", surplus.lines()))
        .contains("surplus since 2026-01-01T12:00:00Z")
        .contains("no rule keeps it any longer")
        .contains("(2026-01-01T13:00:00Z)");
    assertThat(why(found(true, letGo(PinPhase.RELEASING)), List.of(HINT)).stage())
        .isEqualTo(Why.Stage.RELEASING);
    assertThat(why(found(true, letGo(PinPhase.GONE)), List.of(HINT)).stage())
        .isEqualTo(Why.Stage.RELEASED);
  }

  @Test
  void whatIsForgottenSaysByWhomAndHowToTakeItBack() throws Exception {
    Why there = why(found(true), List.of(HINT));
    DecisionState decision =
        DecisionState.of(
            "f1",
            new Decision.Forget(IMAGE, List.of(Digest.stored("sha256:d"))),
            "alice",
            "a key was in it",
            AT,
            null);
    Why why =
        new Why(
            there.found(),
            there.hints(),
            there.troubles(),
            there.around(),
            Optional.of(decision),
            Debounced.NOT);

    assertThat(why.stage()).isEqualTo(Why.Stage.FORGOTTEN);
    assertThat(why.exitCode()).isEqualTo(ExitCode.INCOMPLETE);
    assertThat(why.lines())
        .contains(
            "  by     forgotten by alice on 2026-01-01T12:00:00Z: a key was in it",
            "  next   'longshore forget " + IMAGE + " --undo --reason TEXT'");
    assertThat(why.json().at("/forgotten/by").asText()).isEqualTo("alice");
  }
}
