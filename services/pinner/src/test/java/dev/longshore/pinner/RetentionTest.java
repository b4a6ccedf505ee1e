package dev.longshore.pinner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.PinPhase;
import dev.longshore.events.PullState;
import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import dev.longshore.rules.KeepSettings;
import dev.longshore.rules.ReleaseSettings;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.testing.Sha256;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of the copies of versions that no rule keeps any longer. */
@Timeout(60)
class RetentionTest extends RetentionFixture {
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
    try (var _ = bed.catalog.onChange(record -> RottenBlocks.addMending(record, mending))) {
      bed.node("a").corrupt(RottenBlocks.leaf("shared", 3));

      Eventually.inRounds(
          "mended",
          () -> {
            rounds(bed, Duration.ZERO, true);
            return bed.verified(second).contains("a")
                && mending.contains(second + " a")
                && RottenBlocks.isWhole(bed.node("a"), second);
          });
    }
    assertThat(mending).contains(first + " a");
    assertThat(phase(bed, first)).isEqualTo(PinPhase.SURPLUS);
    Eventually.inRounds(
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
}
