package dev.longshore.pinner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.events.CopyPhase;
import dev.longshore.events.Decision.Confirm;
import dev.longshore.events.Decision.Drain;
import dev.longshore.events.Decision.Forget;
import dev.longshore.events.DecisionState;
import dev.longshore.events.Evidence;
import dev.longshore.events.Origin;
import dev.longshore.events.PinPhase;
import dev.longshore.events.PinState;
import dev.longshore.events.PullState;
import dev.longshore.events.TagState;
import dev.longshore.events.TagState.Version;
import dev.longshore.ipfs.node.PinProgress;
import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import dev.longshore.model.ImageDag;
import dev.longshore.model.Mode;
import dev.longshore.model.PeerName;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.Tag;
import dev.longshore.rules.KeepSettings;
import dev.longshore.rules.ReleaseSettings;
import dev.longshore.rules.RuleSettings;
import dev.longshore.runtime.config.PeerPlace;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.testing.Sha256;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of the copies of versions that no rule keeps any longer. */
@Timeout(60)
class RetentionTest {
  private static final RepositoryName APP = RepositoryName.canonical("localhost:5055/team/app");
  private static final RepositoryName OTHER = RepositoryName.canonical("localhost:5055/team/other");
  private static final KeepSettings NOTHING = new KeepSettings(0, null, null, null, null);
  private static final KeepSettings WEEK =
      new KeepSettings(0, Duration.ofDays(7), null, null, null);
  private static final Duration CALL = Duration.ofSeconds(2);

  private final Map<String, TagState> tags = new LinkedHashMap<>();
  private @Nullable KeptBed opened;

  @AfterEach
  void close() {
    if (opened != null) {
      opened.close();
    }
  }

  @Test
  void aVersionThatItsTagLeftGoesAfterItsTimeOfGraceAndItsBlocksStay() throws Exception {
    KeptBed bed = bed(NOTHING);
    Cid first = pushed(bed, "1", "first");
    Cid second = pushed(bed, "1", "second");
    settle(bed);

    await(bed, first, PinPhase.SURPLUS);
    assertThat(bed.verified(first)).as("still there").hasSize(3);
    pass(bed, Retention.GRACE.minusMinutes(20));
    assertThat(phase(bed, first)).isEqualTo(PinPhase.SURPLUS);

    pass(bed, Duration.ofMinutes(21));
    await(bed, first, PinPhase.GONE);
    assertThat(Stream.of("a", "b", "c").map(bed::node))
        .noneMatch(node -> node.pinned().containsKey(first))
        .allMatch(node -> node.storedBlocks().contains(first));
    assertThat(bed.ingest.pinned()).doesNotContainKey(first);
    assertThat(phase(bed, second)).isEqualTo(PinPhase.KEPT);
    bed.awaitCopies(second, "a", "b", "c");
  }

  @Test
  void whatIsToGoKeepsNoOtherImageFromBeingMended() throws Exception {
    KeptBed bed = bed(NOTHING);
    Cid first = bed.layered(3, "shared", "one");
    Cid second = bed.layered(3, "shared", "two");
    point(bed, APP, "1", Digest.stored(Sha256.digest(first.bytes())));
    point(bed, APP, "1", Digest.stored(Sha256.digest(second.bytes())));
    settle(bed);
    await(bed, first, PinPhase.SURPLUS);
    bed.scrubRate = 1 << 20;
    bed.restart("a", "b", "c");
    List<String> mending = new CopyOnWriteArrayList<>();
    try (var _ = bed.catalog.onChange(record -> MendedCopiesTest.addMending(record, mending))) {
      bed.node("a").corrupt(MendedCopiesTest.leaf("shared", 3));

      Eventually.await(
          "mended",
          () -> {
            rounds(bed, Duration.ZERO, true);
            return bed.verified(second).contains("a")
                && mending.contains(second + " a")
                && MendedCopiesTest.isWhole(bed.node("a"), second);
          });
    }
    assertThat(mending).contains(first + " a");
    assertThat(phase(bed, first)).isEqualTo(PinPhase.SURPLUS);
    Eventually.await(
        "it counts again",
        () -> {
          rounds(bed, Duration.ZERO, true);
          return bed.verified(first).contains("a") && bed.node("a").pinned().containsKey(first);
        });
  }

  @Test
  void withoutKeepNothingEverGoesAndNothingIsLookedAt() throws Exception {
    KeptBed bed = bed((KeepSettings) null);
    Cid first = pushed(bed, "1", "first");
    pushed(bed, "1", "second");
    settle(bed);
    pass(bed, Duration.ofDays(1_000));

    assertThat(phase(bed, first)).isEqualTo(PinPhase.KEPT);
    assertThat(bed.nudged).isEmpty();
  }

  @Test
  void itIsLookedAtAgainWhenItsTimeHasComeThoughNothingHappens() throws Exception {
    KeptBed bed = bed(WEEK);
    Cid first = pushed(bed, "1", "first");
    pushed(bed, "1", "second");
    settle(bed);
    pass(bed, Duration.ofDays(6));
    assertThat(phase(bed, first)).isEqualTo(PinPhase.KEPT);

    pass(bed, Duration.ofDays(1));
    await(bed, first, PinPhase.SURPLUS);
  }

  @Test
  void aPullKeepsItForItsTime() throws Exception {
    KeptBed bed = bed(new KeepSettings(0, null, null, Duration.ofDays(5), null));
    Cid first = pushed(bed, "1", "first");
    bed.write(new PullState(digest("first"), bed.clock.instant()));
    pushed(bed, "1", "second");
    settle(bed);
    pass(bed, Duration.ofDays(4));
    assertThat(phase(bed, first)).isEqualTo(PinPhase.KEPT);

    pass(bed, Duration.ofDays(2));
    await(bed, first, PinPhase.SURPLUS);
    bed.write(new PullState(digest("first"), bed.clock.instant()));
    await(bed, first, PinPhase.KEPT);
  }

  @Test
  void nothingGoesForWantOfAPullBeforePullsWereCountedForThatLong() throws Exception {
    KeptBed bed = bed(new KeepSettings(0, null, null, Duration.ofDays(5), null));
    Cid first = pushed(bed, "1", "first");
    Cid second = pushed(bed, "1", "second");
    settle(bed);
    pass(bed, Duration.ofDays(6));
    assertThat(phase(bed, first)).as("nothing is counted").isEqualTo(PinPhase.KEPT);

    bed.write(new PullState(digest("second"), bed.clock.instant()));
    pass(bed, Duration.ofDays(4));
    bed.restart("a", "b", "c");
    bed.write(new PullState(digest("second"), bed.clock.instant()));
    settle(bed);
    assertThat(phase(bed, first)).as("counted for four days").isEqualTo(PinPhase.KEPT);

    pass(bed, Duration.ofDays(2));
    await(bed, first, PinPhase.SURPLUS);
    assertThat(phase(bed, second)).isEqualTo(PinPhase.KEPT);
  }

  @Test
  void aTagThatMovesBackDuringTheGraceKeepsIt() throws Exception {
    KeptBed bed = bed(NOTHING);
    Cid first = pushed(bed, "1", "first");
    pushed(bed, "1", "second");
    settle(bed);
    await(bed, first, PinPhase.SURPLUS);
    bed.node("b").unpin(first, PinBed.OURS, KeptBed.soon());

    point(bed, "1", "first");
    await(bed, first, PinPhase.KEPT);
    bed.awaitCopies(first, "a", "b", "c");
  }

  /** Before any peer, and after each. */
  @Test
  void aTagThatMovesBackAtAnyMomentOfTheReleaseKeepsIt() throws Exception {
    for (int after = 1; after <= 3; after++) {
      tags.clear();
      KeptBed bed = bed(NOTHING);
      Cid first = pushed(bed, "1", "first");
      AtomicInteger taken = new AtomicInteger();
      int at = after;
      for (String peer : List.of("a", "b", "c")) {
        bed.before(
            "unpin",
            peer,
            () -> {
              if (taken.incrementAndGet() == at) {
                point(bed, "1", "first");
              }
            });
      }
      pushed(bed, "1", "second");
      settle(bed);
      await(bed, first, PinPhase.SURPLUS);
      pass(bed, Retention.GRACE.plusMinutes(1));
      Eventually.await("a release", () -> taken.get() >= at);

      if (after == 3) {
        // Nobody has a pin any more; the converter makes it again.
        bed.pushed("first", 3);
      }
      await(bed, first, PinPhase.KEPT);
      bed.awaitCopies(first, "a", "b", "c");
      assertThat(taken).hasValue(at);
      bed.close();
      opened = null;
    }
  }

  @Test
  void whatIsPushedAgainAfterItWentIsCopiedAgain() throws Exception {
    KeptBed bed = bed(NOTHING);
    Cid first = gone(bed);

    point(bed, "1", "first");
    bed.pushed("first", 3);
    await(bed, first, PinPhase.KEPT);
    bed.awaitCopies(first, "a", "b", "c");
  }

  @Test
  void anotherRepositoryThatWantsItKeepsIt() throws Exception {
    for (boolean itLetsGo : new boolean[] {false, true}) {
      tags.clear();
      KeptBed bed =
          bed(
              List.of(
                  rule(OTHER.toString(), itLetsGo ? NOTHING : null, ReleaseSettings.GUARDED),
                  rule("**", NOTHING, ReleaseSettings.GUARDED)));
      Cid first = pushed(bed, "1", "first");
      point(bed, OTHER, "2", "first");
      pushed(bed, "1", "second");
      settle(bed);
      pass(bed, Duration.ofDays(1));
      assertThat(phase(bed, first)).isEqualTo(PinPhase.KEPT);

      point(bed, OTHER, "2", "second");
      pass(bed, Duration.ofMinutes(1));
      if (itLetsGo) {
        await(bed, first, PinPhase.SURPLUS);
      } else {
        assertThat(phase(bed, first)).isEqualTo(PinPhase.KEPT);
      }
      bed.close();
      opened = null;
    }
  }

  @Test
  void aRepositoryWhoseTagsAreAllGoneKeepsEverything() throws Exception {
    KeptBed bed = bed(NOTHING);
    Cid first = pushed(bed, "1", "first");
    delete(bed, "1");
    settle(bed);
    pass(bed, Duration.ofDays(3));

    assertThat(phase(bed, first)).isEqualTo(PinPhase.KEPT);
  }

  @Test
  void nothingGoesUntilRegistriesWereListedAfterTheCatalogWasReadFromItsBeginning()
      throws Exception {
    KeptBed bed = bed(NOTHING);
    Cid first = pushed(bed, "1", "first");
    pushed(bed, "1", "second");
    complete(bed);
    pass(bed, Duration.ofMinutes(58));
    assertThat(phase(bed, first)).isEqualTo(PinPhase.KEPT);

    pass(bed, Duration.ofMinutes(3));
    await(bed, first, PinPhase.SURPLUS);
    bed.catalog.writer().startAgain(false);
    rounds(bed, Retention.GRACE.plusMinutes(5), false);
    assertThat(phase(bed, first)).as("while it is read anew").isEqualTo(PinPhase.SURPLUS);
  }

  @Test
  void aCatalogThatIsBehindLetsNothingGo() throws Exception {
    KeptBed bed = bed(NOTHING);
    Cid first = pushed(bed, "1", "first");
    pushed(bed, "1", "second");
    settle(bed);
    await(bed, first, PinPhase.SURPLUS);

    rounds(bed, Retention.GRACE.plusHours(2), false);
    assertThat(bed.nudge(first.toString())).isTrue(); // whoever asks
    pushed(bed, "2", "third");
    assertThat(phase(bed, first)).isEqualTo(PinPhase.SURPLUS);
  }

  @Test
  void thatItGoesIsRecordedJustBeforeAnyPinDoes() throws Exception {
    KeptBed bed = bed(NOTHING);
    Cid first = pushed(bed, "1", "first");
    List<CopyPhase> recorded = new CopyOnWriteArrayList<>();
    List<Duration> ages = new CopyOnWriteArrayList<>();
    for (String peer : List.of("a", "b", "c")) {
      bed.before(
          "unpin",
          peer,
          () -> {
            recorded.add(bed.copy(first, peer).state());
            ages.add(Duration.between(bed.copy(first, peer).changedAt(), bed.clock.instant()));
            bed.clock.advance(Duration.ofSeconds(7)); // as a slow peer takes
          });
    }
    pushed(bed, "1", "second");
    settle(bed);
    await(bed, first, PinPhase.SURPLUS);
    bed.clock.advance(Retention.GRACE.plusMinutes(1));
    bed.catalog.writer().complete(bed.clock.instant());
    bed.round();
    Eventually.await("it is gone", () -> phase(bed, first) == PinPhase.GONE);

    assertThat(recorded).hasSize(3).containsOnly(CopyPhase.RELEASING);
    assertThat(ages).allMatch(age -> age.compareTo(Release.FRESH) < 0);
  }

  @Test
  void somebodyElsesPinIsLeftAlone() throws Exception {
    KeptBed bed = bed(NOTHING);
    Cid first = pushed(bed, "1", "first");
    bed.node("c").unpin(first, PinBed.OURS, KeptBed.soon());
    bed.node("c").pin(first, "theirs", CALL, KeptBed.soon(), PinProgress.NONE);
    pushed(bed, "1", "second");
    settle(bed);
    await(bed, first, PinPhase.SURPLUS);
    pass(bed, Retention.GRACE.plusMinutes(1));

    await(bed, first, PinPhase.GONE);
    assertThat(bed.node("c").pinned()).containsEntry(first, "theirs");

    bed.nudged.clear();
    pass(bed, Duration.ofMinutes(5));
    pass(bed, Duration.ofMinutes(5));
    assertThat(bed.nudged).as("that is no reason to look again").doesNotContain(first.toString());
  }

  @Test
  void aPeerThatIsAwayIsWaitedFor() throws Exception {
    KeptBed bed = bed(NOTHING);
    Cid first = pushed(bed, "1", "first");
    pushed(bed, "1", "second");
    settle(bed);
    await(bed, first, PinPhase.SURPLUS);
    bed.node("b").trouble().goDown();
    pass(bed, Retention.GRACE.plusMinutes(1));
    Eventually.await("a", () -> !bed.node("a").pinned().containsKey(first));
    assertThat(phase(bed, first)).isEqualTo(PinPhase.RELEASING);

    bed.node("b").trouble().clear();
    await(bed, first, PinPhase.GONE);
  }

  @Test
  void anotherPinnerGoesOnWithIt() throws Exception {
    KeptBed bed = bed(NOTHING);
    Cid first = pushed(bed, "1", "first");
    pushed(bed, "1", "second");
    settle(bed);
    await(bed, first, PinPhase.SURPLUS);

    bed.restart("a", "b", "c");
    pass(bed, Retention.GRACE.plusMinutes(1));
    await(bed, first, PinPhase.GONE);
  }

  @Test
  void aRuleThatKeepsEverythingAgainTakesBackWhatWasToGo() throws Exception {
    List<RuleSettings> rules =
        new ArrayList<>(List.of(rule("**", NOTHING, ReleaseSettings.GUARDED)));
    KeptBed bed = bed(rules);
    Cid first = pushed(bed, "1", "first");
    pushed(bed, "1", "second");
    settle(bed);
    await(bed, first, PinPhase.SURPLUS);

    rules.set(0, rule("**", null, ReleaseSettings.GUARDED));
    bed.restart("a", "b", "c");
    await(bed, first, PinPhase.KEPT);
    bed.awaitCopies(first, "a", "b", "c");
  }

  @Test
  void veryManyAtOnceWaitForAnOperator() throws Exception {
    KeptBed bed = bed(NOTHING);
    List<Cid> many = many(bed, 20);
    settle(bed);
    many.forEach(dag -> await(bed, dag, PinPhase.SURPLUS));
    pass(bed, Retention.GRACE.plusHours(3));
    bed.restart("a", "b", "c");
    pass(bed, Retention.GRACE.plusHours(3));
    assertThat(many).allMatch(dag -> phase(bed, dag) == PinPhase.SURPLUS);

    String guard = "release-%08x".formatted(APP.toString().hashCode());
    confirm(bed, "a", guard, 19);
    pass(bed, Duration.ofMinutes(2));
    assertThat(many)
        .as("fewer were confirmed")
        .allMatch(dag -> phase(bed, dag) == PinPhase.SURPLUS);

    confirm(bed, "b", guard, 20);
    many.forEach(dag -> await(bed, dag, PinPhase.GONE));
  }

  @Test
  void whatAGuardHoldsIsRepairedLikeAllThatIsKept() throws Exception {
    KeptBed bed = bed(List.of(rule("**", NOTHING, ReleaseSettings.GUARDED)), "a", "b", "c", "d");
    List<Cid> many = many(bed, 20);
    settle(bed);
    many.forEach(dag -> await(bed, dag, PinPhase.SURPLUS));
    pass(bed, Retention.GRACE.plusHours(3));

    bed.node("b").trouble().goDown();
    pass(bed, KeptBed.LOST_AFTER.plusMinutes(1));
    for (Cid dag : many) {
      Eventually.await(
          "three copies of " + dag,
          () -> {
            rounds(bed, Duration.ZERO, true);
            return Set.copyOf(bed.verified(dag)).equals(Set.of("a", "c", "d"));
          });
      assertThat(phase(bed, dag)).isEqualTo(PinPhase.SURPLUS);
      assertThat(bed.pin(dag).wanted()).isEqualTo(3);
    }
  }

  @Test
  void whatAGuardHoldsLeavesAPeerThatDrains() throws Exception {
    KeptBed bed = bed(List.of(rule("**", NOTHING, ReleaseSettings.GUARDED)), "a", "b", "c", "d");
    List<Cid> many = many(bed, 20);
    settle(bed);
    await(bed, many.getLast(), PinPhase.SURPLUS);
    bed.write(
        DecisionState.of(
            "drain",
            new Drain(new PeerName("a"), null),
            "ann",
            "new disks",
            bed.clock.instant(),
            null));

    Eventually.await(
        "nothing is left there",
        () -> {
          rounds(bed, Duration.ofMinutes(20), true);
          return bed.node("a").pinned().isEmpty();
        });
    assertThat(many)
        .allMatch(dag -> phase(bed, dag) == PinPhase.SURPLUS)
        .allSatisfy(dag -> bed.awaitCopies(dag, "b", "c", "d"));
  }

  @Test
  void aFewOfEachOfManyRepositoriesWaitTooAndGoOnceTheyAreFewer() throws Exception {
    KeptBed bed = bed(NOTHING);
    List<String> contents = IntStream.range(0, 20).mapToObj(n -> "version " + n).toList();
    bed.knowsImages = false;
    List<Cid> dags = bed.images(contents, 3);
    for (int n = 0; n < 20; n++) {
      RepositoryName name = n < 10 ? APP : OTHER;
      point(bed, name, "1", contents.get(n));
      bed.write(
          PinBed.image(dags.get(n), 9, digest(contents.get(n)).toString(), bed.clock.instant())
              .alsoFor(name, bed.clock.instant())
              .shownBy(Evidence.READ));
    }
    bed.knowsImages = true;
    Cid last = pushed(bed, "1", "the last");
    point(bed, OTHER, "1", "the last");
    settle(bed);
    dags.forEach(dag -> await(bed, dag, PinPhase.SURPLUS));
    pass(bed, Retention.GRACE.plusHours(3));
    assertThat(dags).allMatch(dag -> phase(bed, dag) == PinPhase.SURPLUS);

    point(bed, OTHER, "2", "version 19");
    // The other repository lets nineteen go.
    await(bed, dags.getLast(), PinPhase.KEPT);
    dags.subList(0, 19).forEach(dag -> await(bed, dag, PinPhase.GONE));
    assertThat(phase(bed, last)).isEqualTo(PinPhase.KEPT);
  }

  @Test
  void aRuleMayGoUnattended() throws Exception {
    KeptBed bed = bed(List.of(rule("**", NOTHING, ReleaseSettings.UNATTENDED)));
    List<Cid> many = many(bed, 20);
    settle(bed);
    many.forEach(dag -> await(bed, dag, PinPhase.SURPLUS));
    pass(bed, Retention.GRACE.plusMinutes(1));
    many.forEach(dag -> await(bed, dag, PinPhase.GONE));
  }

  @Test
  void fewGoWithoutBeingAsked() throws Exception {
    KeptBed bed = bed(NOTHING);
    List<Cid> many = many(bed, 19);
    settle(bed);
    many.forEach(dag -> await(bed, dag, PinPhase.SURPLUS));
    pass(bed, Retention.GRACE.plusMinutes(1));
    many.forEach(dag -> await(bed, dag, PinPhase.GONE));
  }

  @Test
  void garbageIsCollectedOnlyWhereAPeerIsShortOfRoom() throws Exception {
    KeptBed bed = bed(NOTHING);
    Cid first = gone(bed);
    long used = bed.node("a").repoStat(KeptBed.soon()).usedBytes();
    bed.node("a").trouble().limitStorage(used * 2);
    bed.node("b").trouble().limitStorage(used + 1);
    pass(bed, Duration.ofMinutes(11));

    assertThat(bed.node("a").storedBlocks()).contains(first);
    assertThat(bed.node("b").storedBlocks()).doesNotContain(first);
    assertThat(bed.node("c").storedBlocks()).contains(first);
  }

  @Test
  void onePinnerCollectsAPeerOnceThoughTheSettingsChange() throws Exception {
    KeptBed bed = bed(NOTHING);
    AtomicInteger collections = new AtomicInteger();
    bed.before("collectGarbage", "b", collections::incrementAndGet);
    gone(bed);
    bed.addPinner();
    bed.node("b").trouble().limitStorage(1); // and short it stays
    pass(bed, Duration.ofMinutes(11));
    bed.configure("a", "b", "c");
    pass(bed, Duration.ofMinutes(11));

    assertThat(collections).hasValue(1);
  }

  @Test
  void theRecordsEndOnceNoImageLeadsThere() throws Exception {
    KeptBed bed = bed(NOTHING);
    Cid first = gone(bed);
    pass(bed, Retention.RECORDS_STAY.plusHours(2));
    assertThat(phase(bed, first)).as("its image is known").isEqualTo(PinPhase.GONE);

    bed.forgetImage("first");
    Eventually.await(
        "the end of its records",
        () -> {
          pass(bed, Duration.ofMinutes(61));
          return bed.catalog.pins().of(new ImageDag(first)).isEmpty()
              && bed.catalog.copies().recorded(new ImageDag(first)).isEmpty();
        });
  }

  @Test
  void whatIsGoneComesBackFromItsBlocksWhenRulesKeepEverythingAgain() throws Exception {
    KeptBed bed = bed(NOTHING);
    Cid first = gone(bed);

    bed.configure(List.of(rule("**", null, ReleaseSettings.GUARDED)));
    await(bed, first, PinPhase.KEPT);
    bed.awaitCopies(first, "a", "b", "c");
  }

  @Test
  void aRuleThatKeepsEverythingStopsAReleaseThatIsUnderWay() throws Exception {
    KeptBed bed = bed(NOTHING);
    Cid first = pushed(bed, "1", "first");
    AtomicInteger taken = new AtomicInteger();
    for (String peer : List.of("a", "b", "c")) {
      bed.before(
          "unpin",
          peer,
          () -> {
            if (taken.incrementAndGet() == 1) {
              bed.configure(List.of(rule("**", null, ReleaseSettings.GUARDED)));
            }
          });
    }
    pushed(bed, "1", "second");
    settle(bed);
    await(bed, first, PinPhase.SURPLUS);
    pass(bed, Retention.GRACE.plusMinutes(1));

    Eventually.await("a release", () -> taken.get() > 0);
    await(bed, first, PinPhase.KEPT);
    bed.awaitCopies(first, "a", "b", "c");
    assertThat(taken).hasValue(1);
  }

  @Test
  void aPeerThatComesBackToTheSettingsLosesItsPinThoughTheImageIsUnknownByThen() throws Exception {
    KeptBed bed = bed(NOTHING);
    Cid first = pushed(bed, "1", "first");
    pushed(bed, "1", "second");
    settle(bed);
    await(bed, first, PinPhase.SURPLUS);
    bed.node("b").trouble().goDown();
    pass(bed, Retention.GRACE.plusMinutes(1));
    await(bed, first, PinPhase.RELEASING);
    Eventually.await("a", () -> !bed.node("a").pinned().containsKey(first));

    bed.configure("a", "c");
    await(bed, first, PinPhase.GONE);
    assertThat(bed.copy(first, "b").state()).isEqualTo(CopyPhase.RELEASING);
    bed.forgetImage("first");
    pass(bed, Retention.RECORDS_STAY.plusHours(2));
    bed.node("b").trouble().clear();
    bed.configure("a", "b", "c");
    Eventually.await(
        "the end of its pin",
        () -> {
          pass(bed, Duration.ofMinutes(2));
          return !bed.node("b").pinned().containsKey(first);
        });
    Eventually.await(
        "the end of its records",
        () -> {
          pass(bed, Retention.RECORDS_STAY.plusHours(2));
          return bed.catalog.pins().of(new ImageDag(first)).isEmpty();
        });
  }

  @Test
  void whatCouldNotBeAskedForIsLookedAtAgain() throws Exception {
    KeptBed bed = bed(NOTHING);
    Cid first = pushed(bed, "1", "first");
    pushed(bed, "1", "second");
    complete(bed);
    bed.clock.advance(Duration.ofMinutes(61));
    bed.catalog.writer().complete(bed.clock.instant());
    bed.failsOnce = first.toString();
    assertThatThrownBy(bed::round).hasMessageContaining(first.toString());

    pass(bed, Nudges.LOST_AFTER.plusMinutes(1));
    await(bed, first, PinPhase.SURPLUS);
  }

  @Test
  void anUndoneForgetAsksNoMoreForWhatRetentionLetsGo() throws Exception {
    KeptBed bed = bed(NOTHING);
    Cid first = pushed(bed, "1", "first");
    settle(bed);
    DecisionState forget =
        DecisionState.of(
            "forget",
            new Forget("first", List.of(digest("first"))),
            "ann",
            "it had a password",
            bed.clock.instant(),
            null);
    bed.write(forget);
    await(bed, first, PinPhase.GONE);
    bed.write(forget.undone(new DecisionState.Undone("ann", "a mistake", bed.clock.instant())));
    bed.pushed("first", 3);
    await(bed, first, PinPhase.KEPT);
    pushed(bed, "1", "second");
    await(bed, first, PinPhase.SURPLUS);
    bed.restart("a", "b", "c"); // which looks at all decisions
    complete(bed);
    bed.nudged.clear();
    pass(bed, Duration.ofMinutes(5));
    pass(bed, Duration.ofMinutes(5));
    assertThat(bed.nudged).doesNotContain(first.toString());

    pass(bed, Retention.GRACE);
    await(bed, first, PinPhase.GONE);
    bed.nudged.clear();
    pass(bed, Duration.ofMinutes(5));
    assertThat(bed.nudged).doesNotContain(first.toString());
  }

  /** Its look by the new rules is not told of a change until it begins. */
  @Test
  void whatChangesWhileRulesAreReplacedIsLookedAt() throws Exception {
    KeptBed bed = bed((KeepSettings) null);
    Cid first = pushed(bed, "1", "first");
    Cid second = bed.image("second", 3);
    settle(bed);
    bed.beforeReplaced =
        () -> {
          rounds(bed, Duration.ZERO, true);
          point(bed, "1", "second");
          Eventually.await(
              "the name",
              () ->
                  bed.catalog
                      .tags()
                      .of(APP, new Tag("1"))
                      .filter(tag -> tag.digest().equals(digest("second")))
                      .isPresent());
        };

    bed.configure(List.of(rule("**", NOTHING, ReleaseSettings.GUARDED)));
    await(bed, first, PinPhase.SURPLUS);
    assertThat(phase(bed, second)).isEqualTo(PinPhase.KEPT);
  }

  @Test
  void whatAGuardHoldsGetsTheCopiesThatItsRuleWantsNow() throws Exception {
    KeptBed bed = bed(List.of(rule("**", NOTHING, ReleaseSettings.GUARDED)), "a", "b", "c", "d");
    List<Cid> many = many(bed, 20);
    settle(bed);
    await(bed, many.getLast(), PinPhase.SURPLUS);

    bed.configure(
        List.of(
            new RuleSettings("**", List.of(Mode.PLAIN), List.of(), 4, 1, null)
                .keeping(NOTHING, ReleaseSettings.GUARDED)));
    Eventually.await(
        "four copies",
        () -> {
          rounds(bed, Duration.ofMinutes(1), true);
          return many.stream().allMatch(dag -> bed.verified(dag).size() == 4);
        });
    assertThat(many).allMatch(dag -> phase(bed, dag) == PinPhase.SURPLUS);
  }

  private Cid gone(KeptBed bed) throws Exception {
    Cid first = pushed(bed, "1", "first");
    pushed(bed, "1", "second");
    settle(bed);
    await(bed, first, PinPhase.SURPLUS);
    pass(bed, Retention.GRACE.plusMinutes(1));
    await(bed, first, PinPhase.GONE);
    return first;
  }

  private List<Cid> many(KeptBed bed, int count) throws Exception {
    List<String> contents = IntStream.range(0, count).mapToObj(n -> "version " + n).toList();
    List<Cid> many = bed.images(contents, 3);
    contents.forEach(content -> point(bed, "1", content));
    pushed(bed, "1", "the last");
    return many;
  }

  private static void confirm(KeptBed bed, String id, String guard, int count) throws Exception {
    bed.write(
        DecisionState.of(
            id, new Confirm(guard, count), "ann", "I cleaned up", bed.clock.instant(), null));
  }

  private KeptBed bed(@Nullable KeepSettings keep) {
    return bed(List.of(rule("**", keep, ReleaseSettings.GUARDED)));
  }

  private KeptBed bed(List<RuleSettings> rules) {
    return bed(rules, "a", "b", "c");
  }

  private KeptBed bed(List<RuleSettings> rules, String... peers) {
    KeptBed bed =
        new KeptBed(
            rules,
            Stream.of(peers).collect(Collectors.toMap(peer -> peer, peer -> PeerPlace.of(peer))),
            false);
    bed.knowsImages = true;
    opened = bed;
    return bed;
  }

  private static RuleSettings rule(
      String match, @Nullable KeepSettings keep, ReleaseSettings release) {
    return new RuleSettings(match, List.of(Mode.PLAIN), List.of(), 3, 1, null)
        .keeping(keep, release);
  }

  private Cid pushed(KeptBed bed, String tag, String content) throws Exception {
    Cid dag = bed.image(content, 3);
    point(bed, tag, content);
    return dag;
  }

  private void point(KeptBed bed, String tag, String content) {
    point(bed, APP, tag, content);
  }

  /** Says that the tag points there now, as the watcher does. */
  private void point(KeptBed bed, RepositoryName name, String tag, String content) {
    point(bed, name, tag, digest(content));
  }

  private void point(KeptBed bed, RepositoryName name, String tag, Digest digest) {
    Instant now = bed.clock.instant();
    write(bed, state(name, null, digest, List.of(), false, now));
    @Nullable TagState before = tags.get(name + ":" + tag);
    List<Version> versions = new ArrayList<>();
    if (before != null) {
      versions.add(
          new Version(
              before.digest(), Origin.WEBHOOK, before.hintedAt(), before.observedAt(), now));
      versions.addAll(before.versions());
    }
    put(bed, state(name, new Tag(tag), digest, versions, false, now));
  }

  private void delete(KeptBed bed, String tag) {
    TagState before = tags.get(APP + ":" + tag);
    put(
        bed,
        state(APP, before.tag(), before.digest(), before.versions(), true, bed.clock.instant()));
  }

  private void put(KeptBed bed, TagState state) {
    tags.put(state.key(), state);
    write(bed, state);
  }

  private static void write(KeptBed bed, TagState state) {
    try {
      bed.write(state);
    } catch (Exception e) { // as a listener may not throw what it may
      throw new IllegalStateException(e);
    }
  }

  private static TagState state(
      RepositoryName name,
      @Nullable Tag tag,
      Digest digest,
      List<Version> versions,
      boolean deleted,
      Instant now) {
    return new TagState(
        name,
        tag,
        digest,
        "application/vnd.oci.image.manifest.v1+json",
        1,
        List.of(),
        deleted,
        Origin.WEBHOOK,
        now,
        now,
        versions,
        now);
  }

  /** As long as registries take to be listed after the catalog was filled. */
  private static void settle(KeptBed bed) {
    complete(bed);
    pass(bed, Duration.ofMinutes(61));
  }

  private static void complete(KeptBed bed) {
    bed.round(); // the pinner has begun before
    bed.catalog.writer().complete(bed.clock.instant());
  }

  private static void pass(KeptBed bed, Duration time) {
    rounds(bed, time, true);
  }

  /** Goes on in a few steps, and then in rounds. */
  private static void rounds(KeptBed bed, Duration time, boolean complete) {
    bed.clock.advance(time);
    for (int i = 0; i < 3; i++) {
      if (complete) {
        bed.catalog.writer().complete(bed.clock.instant());
      }
      bed.round();
    }
  }

  private static void await(KeptBed bed, Cid dag, PinPhase phase) {
    Eventually.await(
        dag + " " + phase,
        () -> {
          if (phase(bed, dag) == phase) {
            return true;
          }
          rounds(bed, Duration.ZERO, true);
          return false;
        });
  }

  private static PinPhase phase(KeptBed bed, Cid dag) {
    PinState pin = bed.catalog.pins().of(new ImageDag(dag)).orElseThrow();
    return PinRecord.phase(pin);
  }

  private static Digest digest(String content) {
    return Digest.stored(Sha256.digest(content.getBytes(StandardCharsets.UTF_8)));
  }
}
