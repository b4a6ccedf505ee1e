package dev.longshore.pinner;

import static dev.longshore.pinner.NameBed.APP;
import static dev.longshore.pinner.NameBed.START;
import static dev.longshore.pinner.NameBed.dag;
import static dev.longshore.pinner.NameBed.digest;
import static dev.longshore.pinner.NameBed.key;
import static dev.longshore.pinner.NameBed.shows;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.DecisionState;
import dev.longshore.events.RemovalReason;
import dev.longshore.events.ServedState;
import dev.longshore.events.ServedState.Result;
import dev.longshore.events.TagState;
import dev.longshore.events.Topic;
import dev.longshore.model.Mode;
import dev.longshore.rules.KeepSettings;
import dev.longshore.rules.KeepSettings.KeepTagsSettings;
import dev.longshore.rules.ReleaseSettings;
import dev.longshore.rules.RuleSettings;
import dev.longshore.runtime.testing.Eventually;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What names show is recorded, without anybody asking for it. */
final class ServedRecordsTest {
  private static final RuleSettings BOTH = rule(Mode.PLAIN, Mode.ESTARGZ);

  private static RuleSettings rule(Mode... modes) {
    return new RuleSettings("**", List.of(modes), List.of(), 3, 1, null);
  }

  @Test
  void aTagShowsItsImageOnceACopyIsVerified() {
    try (NameBed bed = new NameBed()) {
      bed.tag("v1", "A");
      bed.clock.advance(Duration.ofSeconds(2));
      bed.converted("A", Mode.PLAIN);
      bed.clock.advance(Duration.ofSeconds(3));
      bed.verified("A", Mode.PLAIN);

      ServedState state = bed.awaitShown("v1", "A", Mode.PLAIN);

      assertThat(state.digest()).isEqualTo(digest("A"));
      assertThat(state.changedAt()).isEqualTo(START.plusSeconds(5));
      assertThat(state.results())
          .singleElement()
          .returns(digest("A"), Result::source)
          .returns(digest("A"), Result::digest)
          .returns(START, Result::pushedAt)
          .returns(START.plusSeconds(5), Result::changedAt);
    }
  }

  /** B is never verified: A was shown all the time, and since it was first. */
  @Test
  void aTagThatComesBackBeforeTheOtherIsCopiedNeverShowedTheOther() {
    try (NameBed bed = new NameBed()) {
      bed.tag("v1", "A");
      bed.converted("A", Mode.PLAIN);
      bed.verified("A", Mode.PLAIN);
      ServedState first = bed.awaitShown("v1", "A", Mode.PLAIN);
      bed.clock.advance(Duration.ofSeconds(5));
      bed.tag("v1", "B", "A");
      bed.converted("B", Mode.PLAIN);
      bed.clock.advance(Duration.ofSeconds(5));
      bed.tag("v1", "A", "B");
      settle(bed);

      assertThat(bed.record(key("v1"))).contains(first);
      assertThat(bed.bus.records(Topic.SERVED))
          .filteredOn(r -> r.key().equals(key("v1")))
          .hasSize(1);

      // Its copy comes late: the tag has left it.
      bed.verified("B", Mode.PLAIN);
      settle(bed);
      assertThat(bed.record(key("v1"))).contains(first);
    }
  }

  @Test
  void aTagThatComesBackIsShownAnewAfterTheOther() {
    try (NameBed bed = new NameBed()) {
      bed.tag("v1", "A");
      bed.converted("A", Mode.PLAIN);
      bed.verified("A", Mode.PLAIN);
      bed.awaitShown("v1", "A", Mode.PLAIN);
      bed.tag("v1", "B", "A");
      bed.converted("B", Mode.PLAIN);
      bed.verified("B", Mode.PLAIN);
      bed.awaitShown("v1", "B", Mode.PLAIN);
      bed.clock.advance(Duration.ofMinutes(1));
      bed.tag("v1", "A", "B");

      Instant again = START.plusSeconds(60);
      assertThat(bed.awaitShown("v1", "A", Mode.PLAIN).results())
          .singleElement()
          .returns(again, Result::pushedAt)
          .returns(again, Result::changedAt);
    }
  }

  @Test
  void eachModeShowsTheNewestImageThatItHas() {
    try (NameBed bed = new NameBed(BOTH)) {
      bed.tag("v1", "A");
      bed.converted("A", Mode.PLAIN, Mode.ESTARGZ);
      bed.verified("A", Mode.PLAIN);
      bed.verified("A", Mode.ESTARGZ);
      bed.await("v1", shows(Mode.PLAIN, "A").and(shows(Mode.ESTARGZ, "A")));
      bed.clock.advance(Duration.ofSeconds(1));
      bed.tag("v1", "B", "A");
      bed.converted("B", Mode.PLAIN, Mode.ESTARGZ);
      bed.verified("B", Mode.ESTARGZ);

      ServedState behind = bed.await("v1", shows(Mode.ESTARGZ, "B"));
      assertThat(behind).matches(shows(Mode.PLAIN, "A"));
      assertThat(behind.selected()).isEqualTo(dag("A", Mode.PLAIN));
      assertThat(behind.digest()).isEqualTo(digest("B"));
      assertThat(behind.results())
          .extracting(Result::changedAt)
          .containsExactly(START, START.plusSeconds(1));

      bed.verified("B", Mode.PLAIN);
      bed.await("v1", shows(Mode.PLAIN, "B").and(shows(Mode.ESTARGZ, "B")));
    }
  }

  /** A name does not change back and forth between modes. */
  @Test
  void aNameWaitsForTheModeThatItSelectsAndDoesNotFallBackToAnother() {
    try (NameBed bed = new NameBed(BOTH)) {
      bed.tag("v1", "A");
      bed.converted("A", Mode.PLAIN, Mode.ESTARGZ);
      bed.verified("A", Mode.ESTARGZ);

      assertThat(bed.await("v1", shows(Mode.ESTARGZ, "A")).selected()).isNull();
    }
  }

  /** Its suffix selects B, which the name alone must not show before plain B is there. */
  @Test
  void aNameThatStandsForAnotherModeKeepsItsEarlierImageBesideTheNewerOne() {
    try (NameBed bed = new NameBed(BOTH)) {
      bed.tag("v1", "A");
      bed.converted("A", Mode.ESTARGZ);
      bed.verified("A", Mode.ESTARGZ);
      bed.awaitShown("v1", "A", Mode.ESTARGZ);
      bed.tag("v1", "B", "A");
      bed.converted("B", Mode.PLAIN, Mode.ESTARGZ);
      bed.verified("B", Mode.ESTARGZ);

      ServedState both = bed.await("v1", shows(Mode.ESTARGZ, "B"));
      assertThat(both.selected()).isEqualTo(dag("A", Mode.ESTARGZ));
      assertThat(both.results())
          .extracting(Result::imageDag)
          .containsExactly(dag("B", Mode.ESTARGZ), dag("A", Mode.ESTARGZ));
    }
  }

  /** Caches and sites may have it. */
  @Test
  void anImageWhoseCopiesAreAllLostStaysShown() {
    try (NameBed bed = new NameBed()) {
      bed.tag("v1", "A");
      bed.converted("A", Mode.PLAIN);
      bed.verified("A", Mode.PLAIN);
      ServedState first = bed.awaitShown("v1", "A", Mode.PLAIN);
      bed.lost("A", Mode.PLAIN);
      settle(bed);

      assertThat(bed.record(key("v1"))).contains(first);
    }
  }

  @Test
  void aDeletedTagSaysSoForThirtyDaysAndShowsWhatIsPushedAgain() {
    try (NameBed bed = new NameBed()) {
      bed.tag("v1", "A");
      bed.tag("v2", "A");
      bed.converted("A", Mode.PLAIN);
      bed.verified("A", Mode.PLAIN);
      bed.awaitShown("v1", "A", Mode.PLAIN);
      bed.awaitShown("v2", "A", Mode.PLAIN);
      bed.deleted("v1", "A");
      bed.deleted("v2", "A");

      ServedState removed = bed.await("v1", state -> state.removed() == RemovalReason.DELETED);
      assertThat(removed.results()).isEmpty();
      assertThat(removed.digest()).isEqualTo(digest("A"));
      bed.await("v2", state -> state.removed() == RemovalReason.DELETED);

      bed.clock.advance(Duration.ofDays(29));
      bed.tag("v2", "A");
      bed.awaitShown("v2", "A", Mode.PLAIN);
      assertThat(bed.record(key("v1"))).contains(removed);

      bed.clock.advance(Duration.ofDays(1).plusHours(1));
      bed.tag("v3", "A");
      bed.awaitShown("v3", "A", Mode.PLAIN);
      bed.awaitEnd("v1");
      assertThat(bed.record(key("v2"))).matches(state -> state.isPresent());
    }
  }

  @Test
  void aForgottenImageIsShownByNoNameUntilThatIsUndone() {
    try (NameBed bed = new NameBed()) {
      bed.tag("v1", "B", "A");
      bed.tag("v2", "C", "B");
      for (String image : List.of("A", "B", "C")) {
        bed.converted(image, Mode.PLAIN);
        bed.verified(image, Mode.PLAIN);
      }
      bed.awaitShown("v1", "B", Mode.PLAIN);
      ServedState other = bed.awaitShown("v2", "C", Mode.PLAIN);

      DecisionState decision = bed.forgotten("B");
      ServedState state = bed.await("v1", s -> s.removed() == RemovalReason.FORGOTTEN);
      // Nor does it fall back to an older image, which nobody asked for.
      assertThat(state.results()).isEmpty();
      assertThat(bed.record(key("v2"))).contains(other);

      bed.undone(decision);
      bed.awaitShown("v1", "B", Mode.PLAIN);
    }
  }

  /** As it is when a clean image was pushed under the tag before the other is forgotten. */
  @Test
  void aForgottenImageThatItsTagLeftHasARecordAsLongAsItIsForgotten() {
    try (NameBed bed = new NameBed()) {
      bed.tag("v1", "B", "A");
      for (String image : List.of("A", "B")) {
        bed.converted(image, Mode.PLAIN);
        bed.verified(image, Mode.PLAIN);
      }
      ServedState clean = bed.awaitShown("v1", "B", Mode.PLAIN);
      String key = TagState.key(APP, digest("A"));

      DecisionState decision = bed.forgotten("A");
      bed.awaitKey(key, state -> state.removed() == RemovalReason.FORGOTTEN);
      assertThat(bed.record(key("v1"))).contains(clean);

      bed.clock.advance(Duration.ofDays(40));
      settle(bed);
      assertThat(bed.record(key)).isPresent();

      bed.undone(decision);
      Eventually.await("its end", () -> bed.record(key).isEmpty());
    }
  }

  @Test
  void whoTakesAPartitionOverRecordsWhatWasForgottenMeanwhile() {
    try (NameBed bed = new NameBed()) {
      bed.tag("v1", "B", "A");
      bed.converted("A", Mode.PLAIN);
      settle(bed);
      bed.pinner.stop();
      bed.forgotten("A");

      bed.takeOver();

      bed.awaitKey(
          TagState.key(APP, digest("A")), state -> state.removed() == RemovalReason.FORGOTTEN);
    }
  }

  /** Else sites would let go of what the name showed until then. */
  @Test
  void whatIsForgottenBeforeItWasShownIsWhatTheRecordNames() {
    try (NameBed bed = new NameBed()) {
      bed.tag("v1", "A");
      bed.converted("A", Mode.PLAIN);
      bed.verified("A", Mode.PLAIN);
      bed.awaitShown("v1", "A", Mode.PLAIN);
      bed.tag("v1", "B", "A");
      bed.converted("B", Mode.PLAIN);
      settle(bed);

      bed.forgotten("B");

      ServedState state = bed.await("v1", s -> s.removed() == RemovalReason.FORGOTTEN);
      assertThat(state.digest()).isEqualTo(digest("B"));
    }
  }

  @Test
  void aForgottenImageIsNotWhatANameFallsBackTo() {
    try (NameBed bed = new NameBed()) {
      bed.tag("v1", "B", "A");
      for (String image : List.of("A", "B")) {
        bed.converted(image, Mode.PLAIN);
        bed.verified(image, Mode.PLAIN);
      }
      bed.awaitShown("v1", "B", Mode.PLAIN);
      bed.tag("v1", "C", "B", "A");
      bed.converted("C", Mode.PLAIN);
      settle(bed);

      bed.forgotten("B");

      bed.awaitShown("v1", "A", Mode.PLAIN);
    }
  }

  @Test
  void aNameThatRetentionLetGoShowsNothingOlderForEver() {
    RuleSettings keeping =
        rule(Mode.PLAIN)
            .keeping(
                new KeepSettings(0, null, null, null, new KeepTagsSettings(1, List.of())),
                ReleaseSettings.GUARDED);
    try (NameBed bed = new NameBed(keeping)) {
      bed.tag("v1", "B", "A");
      bed.name(null, "B", false);
      for (String image : List.of("A", "B")) {
        bed.converted(image, Mode.PLAIN);
        bed.verified(image, Mode.PLAIN);
      }
      bed.awaitShown("v1", "B", Mode.PLAIN);
      bed.awaitKey(TagState.key(APP, digest("B")), state -> !state.results().isEmpty());

      bed.letGo("B");
      bed.await("v1", state -> state.removed() == RemovalReason.RELEASED);
      bed.awaitKey(
          TagState.key(APP, digest("B")), state -> state.removed() == RemovalReason.RELEASED);

      bed.clock.advance(Duration.ofDays(40));
      bed.takeOver(keeping);
      settle(bed);
      assertThat(bed.record(key("v1")))
          .hasValueSatisfying(
              state -> assertThat(state.removed()).isEqualTo(RemovalReason.RELEASED));

      bed.tag("v1", "C", "B", "A");
      bed.converted("C", Mode.PLAIN);
      bed.verified("C", Mode.PLAIN);
      bed.awaitShown("v1", "C", Mode.PLAIN);
    }
  }

  /** As without retention: what it showed is shown until the other is there. */
  @Test
  void aTagThatComesBackToWhatWasLetGoShowsTheOtherUntilThen() {
    RuleSettings keeping =
        rule(Mode.PLAIN)
            .keeping(new KeepSettings(0, null, null, null, null), ReleaseSettings.GUARDED);
    try (NameBed bed = new NameBed(keeping)) {
      bed.tag("v1", "B", "A");
      for (String image : List.of("A", "B")) {
        bed.converted(image, Mode.PLAIN);
        bed.verified(image, Mode.PLAIN);
      }
      bed.awaitShown("v1", "B", Mode.PLAIN);
      bed.letGo("A");
      bed.tag("v1", "A", "B");
      settle(bed);
      bed.awaitShown("v1", "B", Mode.PLAIN);

      bed.verified("A", Mode.PLAIN);
      bed.awaitShown("v1", "A", Mode.PLAIN);
    }
  }

  @Test
  void aTagThatNoRuleTakesAnyLongerIsExcludedAfterARestart() {
    try (NameBed bed = new NameBed()) {
      bed.tag("v1", "A");
      bed.converted("A", Mode.PLAIN);
      bed.verified("A", Mode.PLAIN);
      bed.awaitShown("v1", "A", Mode.PLAIN);

      bed.takeOver(rule());
      bed.await("v1", state -> state.removed() == RemovalReason.EXCLUDED);

      bed.takeOver(rule(Mode.PLAIN));
      bed.awaitShown("v1", "A", Mode.PLAIN);
    }
  }

  @Test
  void aRuleThatChangesWhileThePinnerRunsCountsForAllNames() {
    try (NameBed bed = new NameBed()) {
      bed.tag("v1", "A");
      bed.converted("A", Mode.PLAIN);
      bed.verified("A", Mode.PLAIN);
      bed.awaitShown("v1", "A", Mode.PLAIN);

      bed.pinner.configure(rule());
      bed.await("v1", state -> state.removed() == RemovalReason.EXCLUDED);

      bed.pinner.configure(rule(Mode.PLAIN));
      bed.awaitShown("v1", "A", Mode.PLAIN);
    }
  }

  @Test
  void aRuleThatPrefersAnotherModeChangesWhatANameSelectsAfterARestart() {
    try (NameBed bed = new NameBed(BOTH)) {
      bed.tag("v1", "A");
      bed.converted("A", Mode.PLAIN, Mode.ESTARGZ);
      bed.verified("A", Mode.PLAIN);
      bed.verified("A", Mode.ESTARGZ);
      bed.await("v1", shows(Mode.ESTARGZ, "A").and(shows(Mode.PLAIN, "A")));

      bed.takeOver(rule(Mode.ESTARGZ));

      bed.awaitShown("v1", "A", Mode.ESTARGZ);
    }
  }

  @Test
  void aNameWithoutATagShowsItsDigest() {
    try (NameBed bed = new NameBed()) {
      bed.name(null, "A", false);
      bed.converted("A", Mode.PLAIN);
      bed.verified("A", Mode.PLAIN);

      ServedState state = bed.awaitKey(TagState.key(APP, digest("A")), shows(Mode.PLAIN, "A"));
      assertThat(state.tag()).isNull();
    }
  }

  /** A peer's name is any text, and a name's key too. */
  @Test
  void aPeerNamedLikeATagDoesNotHideIt() {
    try (NameBed bed = new NameBed()) {
      bed.tag("v9", "A");
      bed.converted("A", Mode.PLAIN);
      bed.verified("A", Mode.PLAIN);

      bed.awaitShown("v9", "A", Mode.PLAIN);
    }
  }

  @Test
  void noCidIsTakenForAName() {
    assertThat(ServedRecords.isName(dag("A", Mode.PLAIN).toString())).isFalse();
    assertThat(ServedRecords.isName("QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPBdG")).isFalse();
    assertThat(ServedRecords.isName(key("v1"))).isTrue();
    assertThat(ServedRecords.isName(TagState.key(APP, digest("A")))).isTrue();
    assertThat(ServedRecords.isName("/@")).as("a name without records").isTrue();
  }

  /** All that was to be looked at before was looked at. */
  private static void settle(NameBed bed) {
    String mark = "mark" + bed.bus.records(Topic.TAGS).size();
    bed.tag(mark, mark);
    bed.converted(mark, Mode.PLAIN);
    bed.verified(mark, Mode.PLAIN);
    bed.awaitShown(mark, mark, Mode.PLAIN);
  }
}
