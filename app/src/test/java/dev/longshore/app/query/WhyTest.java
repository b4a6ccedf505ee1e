package dev.longshore.app.query;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longshore.app.query.find.ExitCode;
import dev.longshore.app.query.find.Found;
import dev.longshore.app.query.find.Found.Conversion;
import dev.longshore.app.query.find.Shows;
import dev.longshore.catalog.PeerCopy;
import dev.longshore.catalog.WorkFailure;
import dev.longshore.events.CopiesState;
import dev.longshore.events.CopyPhase;
import dev.longshore.events.Decision;
import dev.longshore.events.DecisionState;
import dev.longshore.events.ImageState;
import dev.longshore.events.Origin;
import dev.longshore.events.PinPhase;
import dev.longshore.events.PinState;
import dev.longshore.events.TagState;
import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import dev.longshore.model.ImageDag;
import dev.longshore.model.Mode;
import dev.longshore.model.ModeName;
import dev.longshore.model.PeerName;
import dev.longshore.model.Recipe;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.RootCid;
import dev.longshore.model.Tag;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class WhyTest {
  private static final Instant AT = Instant.parse("2026-01-01T12:00:00Z");
  private static final Instant NOW = AT.plusSeconds(30);
  private static final String IMAGE = "localhost:5055/team/app:1";
  private static final Digest CONVERTED = Digest.stored("sha256:converted");
  private static final HintSearch.Seen HINT =
      new HintSearch.Seen("webhook", AT, "application/json", false);

  private static Found found(boolean observed, Conversion... conversions) {
    TagState tag =
        observed
            ? new TagState(
                RepositoryName.canonical("localhost:5055/team/app"),
                new Tag("1"),
                Digest.stored("sha256:d"),
                "m",
                7,
                List.of(),
                false,
                Origin.WEBHOOK,
                AT,
                AT)
            : null;
    return new Found(
        IMAGE,
        tag,
        observed ? Digest.stored("sha256:d") : null,
        observed ? List.of(IMAGE) : List.of(),
        List.of(conversions));
  }

  private static Conversion conversion(List<String> missing, @Nullable Integer verified) {
    return conversion(missing, verified, null);
  }

  private static Conversion conversion(
      List<String> missing, @Nullable Integer verified, @Nullable Instant nextTryAt) {
    ImageState image =
        new ImageState(
            Digest.stored("sha256:d"),
            new Recipe("recipe"),
            ModeName.of(Mode.PLAIN),
            "m",
            ImageDag.stored("dag"),
            RootCid.stored("root"),
            Cid.stored("manifest"),
            List.of(),
            3,
            100,
            missing.stream().map(Digest::stored).toList(),
            new PeerName("a"),
            RepositoryName.canonical("localhost:5055/team/app"),
            AT);
    if (verified == null) {
      return new Conversion(image, Optional.empty(), List.of());
    }
    List<PeerCopy> copies = new ArrayList<>();
    for (int n = 0; n < 3; n++) {
      boolean there = n < verified;
      copies.add(
          new PeerCopy(
              new CopiesState.Copy(
                  new PeerName("peer-" + n),
                  there ? CopyPhase.VERIFIED : CopyPhase.FAILED,
                  there ? 100 : 0,
                  there ? null : "no space left",
                  null,
                  there ? null : nextTryAt,
                  AT),
              "site",
              "id",
              List.of()));
    }
    PinState pin =
        new PinState(
            ImageDag.stored("dag"),
            3,
            List.of(),
            new PeerName("a"),
            true,
            AT,
            1,
            verified,
            null,
            null,
            null,
            PinPhase.KEPT,
            AT);
    return new Conversion(image, Optional.of(pin), copies);
  }

  private static Why why(Found found, List<HintSearch.Seen> hints, WorkFailure... troubles) {
    return why(found, hints, List.of(), troubles);
  }

  private static Why why(
      Found found,
      List<HintSearch.Seen> hints,
      List<Backlog.Waiting> waiting,
      WorkFailure... troubles) {
    return new Why(
        found,
        hints,
        List.of(troubles),
        new Circumstances(
            NOW,
            "matches no rule",
            Duration.ofMinutes(5),
            Duration.ofSeconds(10),
            List.of(
                new PeerLook.Answer("peer-2", "site", PeerLook.State.AWAY, "connection refused")),
            waiting,
            List.of()),
        Optional.empty(),
        Debounced.NOT);
  }

  private static Why debounced(Found found, Duration time) {
    Why why = why(found, List.of(HINT), List.of());
    return new Why(
        found,
        why.hints(),
        why.troubles(),
        why.around(),
        why.forgotten(),
        Debounced.of(found.tag(), time, CONVERTED::equals));
  }

  @Test
  void saysWhichVersionsWerePassedOverAndWhenThePresentOneIsConverted() {
    TagState tag =
        new TagState(
            RepositoryName.canonical("localhost:5055/team/app"),
            new Tag("1"),
            Digest.stored("sha256:d"),
            "m",
            7,
            List.of(),
            false,
            Origin.WEBHOOK,
            NOW,
            NOW,
            List.of(
                version("c", NOW.minusSeconds(5), NOW),
                version("b", NOW.minusSeconds(29), NOW.minusSeconds(5)),
                version("converted", NOW.minusSeconds(40), NOW.minusSeconds(29)),
                version("rested", NOW.minusSeconds(70), NOW.minusSeconds(40))),
            NOW);
    Found found = new Found(IMAGE, tag, tag.digest(), List.of(IMAGE), List.of());

    Why why = debounced(found, Duration.ofSeconds(30));

    assertThat(why.lines())
        .contains(
            "  passed sha256:c of 2026-01-01T12:00:25Z: superseded by sha256:d before its debounce"
                + " of 30 s ended",
            "  passed sha256:b of 2026-01-01T12:00:01Z: superseded by sha256:c before its debounce"
                + " of 30 s ended",
            "  next   in 30 s (2026-01-01T12:01:00Z): it is converted, unless the tag moves again"
                + " (debounce of its rule)")
        .noneMatch(line -> line.contains("sha256:converted") || line.contains("sha256:rested"));
    assertThat(why.json().at("/superseded/0/by").asText()).isEqualTo("sha256:d");
  }

  private static TagState.Version version(String digest, Instant came, Instant left) {
    return new TagState.Version(
        Digest.stored("sha256:" + digest), Origin.WEBHOOK, came, came, left);
  }

  private static WorkFailure trouble(WorkFailure.Kind kind) {
    return trouble(kind, NOW.plusSeconds(72));
  }

  private static WorkFailure trouble(WorkFailure.Kind kind, @Nullable Instant nextTry) {
    return new WorkFailure(
        IMAGE,
        "convert",
        kind,
        "TRANSIENT",
        "registry localhost:5055",
        "connection refused",
        4,
        AT,
        kind == WorkFailure.Kind.TRANSIENT ? nextTry : null);
  }

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
  void tellsWhatAnAwayEndpointHoldsUp() {
    Why why = why(found(true), List.of(HINT), trouble(WorkFailure.Kind.TRANSIENT));

    assertThat(String.join("\n", why.lines()))
        .contains("observed, not converted")
        .contains("connection refused")
        .contains("waits for registry localhost:5055")
        .contains("4 tries")
        .contains("next   in 1 min 12 s (2026-01-01T12:01:42Z)");
    assertThat(why.exitCode()).isEqualTo(ExitCode.INCOMPLETE);
    JsonNode json = why.json();
    assertThat(json.get("errors").get(0).get("endpoint").asText())
        .isEqualTo("registry localhost:5055");
    assertThat(json.get("nextTry").get("at").asText()).isEqualTo("2026-01-01T12:01:42Z");
    assertThat(json.get("nextTry").get("inSeconds").asInt()).isEqualTo(72);
    assertThat(json.get("nextTry").get("atLatest").asBoolean()).isFalse();
  }

  @Test
  void saysSoWhenTheNextTryIsUnderWayOrOverdue() {
    assertThat(nextOf(trouble(WorkFailure.Kind.TRANSIENT, NOW.minusSeconds(4))))
        .contains("under way, due 4 s ago");
    assertThat(nextOf(trouble(WorkFailure.Kind.TRANSIENT, NOW.minusSeconds(600))))
        .contains("overdue for 10 min 0 s")
        .contains("is the service running?");
    assertThat(nextOf(trouble(WorkFailure.Kind.TRANSIENT, null))).startsWith("  next   waits for");
  }

  private static String nextOf(WorkFailure trouble) {
    return why(found(true), List.of(HINT), trouble).lines().getLast();
  }

  @Test
  void tellsWhenItIsLookedForWithoutAnyTrouble() {
    assertThat(why(found(false), List.of()).lines().getLast())
        .contains("in 5 min 0 s at the latest (2026-01-01T12:05:30Z)");
    Why two = why(found(true, conversion(List.of(), 2)), List.of(HINT));
    assertThat(two.lines().getLast()).contains("when a peer comes back or joins");
    assertThat(String.join("\n", two.lines())).contains("peer-2 (site) away: connection refused");
    assertThat(two.json().get("nextTry").get("at").isNull()).isTrue();
    assertThat(two.json().get("peersAway").get(0).get("peer").asText()).isEqualTo("peer-2");
  }

  @Test
  void tellsWhenACopyIsTriedAgain() {
    Why two = why(found(true, conversion(List.of(), 2, NOW.plusSeconds(40))), List.of(HINT));

    assertThat(two.lines().getLast()).contains("in 40 s (").contains("tries the copy again");
    assertThat(two.json().get("nextTry").get("inSeconds").asInt()).isEqualTo(40);
  }

  @Test
  void tellsWhichServiceDoesNotGetToIt() {
    Why why =
        why(
            found(true),
            List.of(HINT),
            List.of(
                new Backlog.Waiting("watcher", 9, false, Duration.ZERO),
                new Backlog.Waiting("converter", 3, false, Duration.ofSeconds(70))));

    assertThat(why.lines().getLast())
        .contains("waits for its turn; converter: 3 events, the oldest for 1 min");
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
  void tellsThatAPermanentFailureNeedsSomebody() {
    Why why = why(found(true), List.of(HINT), trouble(WorkFailure.Kind.PERMANENT));

    assertThat(String.join("\n", why.lines())).contains("longshore replay");
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

  private static Conversion letGo(PinPhase phase) {
    Conversion there = conversion(List.of(), 3);
    return new Conversion(
        there.image(),
        Optional.of(
            new PinState(
                ImageDag.stored("dag"), 0, List.of(), null, true, AT, 0, 3, AT, AT, AT, phase, AT)),
        there.copies());
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
