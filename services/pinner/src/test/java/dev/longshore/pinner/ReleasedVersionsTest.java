package dev.longshore.pinner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.events.CopyPhase;
import dev.longshore.events.Decision.Forget;
import dev.longshore.events.DecisionState;
import dev.longshore.events.PinPhase;
import dev.longshore.ipfs.node.PinProgress;
import dev.longshore.model.Cid;
import dev.longshore.model.ImageDag;
import dev.longshore.model.Tag;
import dev.longshore.rules.KeepSettings;
import dev.longshore.rules.ReleaseSettings;
import dev.longshore.rules.RuleSettings;
import dev.longshore.runtime.testing.Eventually;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How copies go that no rule keeps any longer, and what stops that on the way. */
@Timeout(60)
class ReleasedVersionsTest extends RetentionFixture {
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
    Eventually.inRounds(
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
    Eventually.inRounds(
        "the end of its pin",
        () -> {
          pass(bed, Duration.ofMinutes(2));
          return !bed.node("b").pinned().containsKey(first);
        });
    Eventually.inRounds(
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
}
