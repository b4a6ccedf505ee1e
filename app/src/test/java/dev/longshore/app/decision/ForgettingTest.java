package dev.longshore.app.decision;

import static dev.longshore.catalog.testing.Samples.dag;
import static dev.longshore.catalog.testing.Samples.deleted;
import static dev.longshore.catalog.testing.Samples.digest;
import static dev.longshore.catalog.testing.Samples.forget;
import static dev.longshore.catalog.testing.Samples.image;
import static dev.longshore.catalog.testing.Samples.pin;
import static dev.longshore.catalog.testing.Samples.tag;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.app.query.ForgetScope;
import dev.longshore.app.query.ForgottenBy;
import dev.longshore.app.query.find.QueryException;
import dev.longshore.catalog.testing.Samples;
import dev.longshore.events.CopiesState;
import dev.longshore.events.CopyPhase;
import dev.longshore.events.Decision.Forget;
import dev.longshore.events.DecisionState;
import dev.longshore.events.ImageState;
import dev.longshore.events.Origin;
import dev.longshore.events.State;
import dev.longshore.events.TagState;
import dev.longshore.model.Digest;
import dev.longshore.model.PeerName;
import dev.longshore.model.Recipe;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The command over a catalog in memory: what it decides, what it says, and when it ends. */
@Timeout(30)
class ForgettingTest {
  private final ForgettingBed bed = new ForgettingBed();

  @AfterEach
  void close() {
    bed.close();
  }

  @Test
  void aTagMeansItsDigestNowAndSaysWhichOnesItWasBefore() throws Exception {
    bed.put(tag("app", "1", 1, 2, 3), image(1), image(2));
    ForgetScope scope = bed.scope(ForgettingBed.APP);

    assertThat(scope.sources()).containsExactly(digest(1));
    assertThat(scope.names()).extracting(TagState::key).containsExactly(ForgettingBed.APP);
    assertThat(bed.view(scope))
        .contains("stays    " + Samples.REGISTRY + "/app@" + digest(2))
        .contains("'longshore forget " + Samples.REGISTRY + "/app@" + digest(2) + " --reason TEXT'")
        .as("one that was never converted")
        .doesNotContain(digest(3).toString());
  }

  @Test
  void everyWayToNameAnImageLeadsToItsSource() throws Exception {
    ImageState lazy = own(1, 9);
    bed.put(tag("app", "1", 1), image(1), lazy);
    for (String asked :
        List.of(
            ForgettingBed.APP,
            digest(1).toString(),
            digest(9).toString(),
            Samples.REGISTRY + "/app@" + digest(1))) {
      assertThat(bed.scope(asked).sources()).as(asked).containsExactly(digest(1));
    }
    assertThat(bed.scope(digest(5).toString()).top()).isEmpty();
    assertThat(bed.scope(Samples.REGISTRY + "/other@" + digest(1)).top()).isEmpty();
  }

  /**
   * Eight former digests find a record; a tag remembers fifty versions, and images stay for ever.
   */
  @Test
  void whatATagWasLongAgoIsSaidAndCanBeNamed() throws Exception {
    TagState tag = tag("library/nginx", "1", 1, 2);
    bed.put(
        new TagState(
            tag.name(),
            tag.tag(),
            tag.digest(),
            tag.mediaType(),
            tag.size(),
            tag.previous(),
            false,
            tag.origin(),
            tag.hintedAt(),
            tag.observedAt(),
            Stream.of(2, 3, 3, 4)
                .map(
                    n ->
                        new TagState.Version(
                            digest(n), Origin.POLL, Samples.NOW, null, Samples.NOW))
                .toList(),
            null));
    bed.put(image(1), image(2), image(3), own(5, 9));
    String name = Samples.REGISTRY + "/library/nginx";

    assertThat(bed.scope(name + ":1").former())
        .containsExactly(name + "@" + digest(2), name + "@" + digest(3));
    for (int digest : List.of(3, 4, 5)) {
      assertThat(bed.scope(name + "@" + digest(digest)).top()).containsExactly(digest(digest));
    }
    assertThat(bed.scope(name + "@" + digest(9)).top()).as("a mode").containsExactly(digest(5));
    assertThat(bed.scope(name + "@" + digest(6)).top()).isEmpty();
  }

  @Test
  void whatSomebodyElseWroteDoesNotMoveTheCursor() throws Exception {
    bed.put(
        tag("app", "1", 1),
        image(1),
        pin(1, 1, 1),
        new CopiesState(
            dag(1),
            List.of(
                new CopiesState.Copy(
                    new PeerName("b"),
                    CopyPhase.RELEASING,
                    0,
                    "\u001b[2J is\u009b here",
                    null,
                    null,
                    Samples.NOW))));
    ForgetScope scope = bed.scope(ForgettingBed.APP);

    assertThat(bed.view(scope)).contains("?[2J is? here").doesNotContain("\u001b", "\u009b");
    assertThat(bed.await(scope, Duration.ZERO).words()).contains("?[2J is? here");
    DecisionState decision =
        DecisionState.of(
            "a",
            new Forget(ForgettingBed.APP, List.of(digest(1))),
            "al\nice",
            "a\u001b[1A key",
            Samples.NOW,
            null);
    assertThat(ForgottenBy.words(decision))
        .isEqualTo("forgotten by al?ice on " + Samples.NOW + ": a?[1A key");
  }

  @Test
  void whatBelongsToItGoesWithItInAllRepositories() throws Exception {
    String hex = digest(1).hex();
    bed.put(
        tag("app", "1", 1),
        tag("elsewhere", "1", 1),
        image(1),
        image(2).boundTo(digest(1)),
        image(3).boundTo(digest(2)),
        tag("elsewhere", "sha256-" + hex + ".sig", 4),
        image(4),
        image(5),
        image(6));
    bed.inside.put(digest(1), Set.of(digest(5), digest(7), digest(1)));

    ForgetScope scope = bed.scope(ForgettingBed.APP);
    assertThat(scope.sources())
        .containsExactlyInAnyOrder(digest(1), digest(2), digest(3), digest(4), digest(5));
    assertThat(scope.names())
        .extracting(TagState::key)
        .contains(ForgettingBed.APP, Samples.REGISTRY + "/elsewhere:1");
    assertThat(bed.view(scope)).contains(digest(5) + ", which belongs to it");
  }

  @Test
  void anIndexThatNobodyCanReadIsSaid() throws Exception {
    bed.put(tag("app", "1", 1), image(1));
    assertThat(bed.view(bed.scope(ForgettingBed.APP)))
        .contains("unknown")
        .contains("no peer has it");
  }

  @Test
  void whatDoesNotFitIntoADecisionMakesSeveral() throws Exception {
    int most = 5;
    bed.put(tag("app", "1", 1), image(1), image(100).boundTo(digest(1)), forget("earlier", 100));
    bed.put(
        IntStream.range(101, 101 + 2 * most)
            .mapToObj(n -> image(n).boundTo(digest(1)))
            .toArray(State[]::new));
    ForgetScope scope = bed.scope(ForgettingBed.APP);
    assertThat(scope.sources()).hasSize(2 * most + 2);

    assertThat(bed.forgetting(most).decide(ForgettingBed.APP, scope, "alice", "why")).isTrue();

    List<List<Digest>> written =
        bed.catalog.decisions().page(null, 9).stream()
            .filter(decision -> !decision.id().equals("earlier"))
            .map(decision -> Objects.requireNonNull(decision.forget()).digests())
            .toList();
    assertThat(written)
        .hasSize(3)
        .allSatisfy(
            digests ->
                assertThat(digests)
                    .hasSizeLessThanOrEqualTo(most)
                    .startsWith(digest(1))
                    .as("forgotten already")
                    .doesNotContain(digest(100)));
    assertThat(scope.sources()).allMatch(bed.catalog.decisions()::isForgotten);
    assertThat(bed.forgetting(most).decide(ForgettingBed.APP, scope, "alice", "why")).isFalse();

    undo(ForgettingBed.APP);
    assertThat(scope.sources())
        .filteredOn(bed.catalog.decisions()::isForgotten)
        .containsOnly(digest(100));
  }

  /** Killed between two decisions. */
  @Test
  void whatWasDecidedInPartIsDecidedWhollyByTheSameCommandAndTakenBackWhole() throws Exception {
    bed.put(tag("app", "1", 1), image(1), image(2).boundTo(digest(1)), forget("first", 1));
    assertThat(
            bed.forgetting()
                .decide(ForgettingBed.APP, bed.scope(ForgettingBed.APP), "alice", "why"))
        .isTrue();
    assertThat(bed.scope(ForgettingBed.APP).sources())
        .allMatch(bed.catalog.decisions()::isForgotten);

    undo(ForgettingBed.APP);
    assertThat(bed.scope(ForgettingBed.APP).sources())
        .noneMatch(bed.catalog.decisions()::isForgotten);
  }

  @Test
  void theCommandThatLooksAgainNamesTheDigestAsTheTagMayPointElsewhereByThen() throws Exception {
    ImageState same = own(2, 9);
    bed.put(tag("app", "1", 1), own(1, 9), same);

    assertThat(ForgetView.again(ForgettingBed.APP, bed.scope(ForgettingBed.APP)))
        .isEqualTo("longshore forget " + digest(1) + " --reason TEXT");
    String both = digest(9).toString();
    assertThat(bed.scope(both).top()).hasSize(2);
    assertThat(ForgetView.again(both, bed.scope(both)))
        .isEqualTo("longshore forget " + both + " --reason TEXT");
  }

  @Test
  void undoTakesBackEveryDecisionAboutIt() throws Exception {
    bed.put(tag("app", "1", 1), image(1), forget("a", 1), forget("b", 1, 2), forget("c", 2));
    bed.clock.advance(Duration.ofMinutes(1));
    Forgetting.Undoing undoing =
        bed.forgetting().undoing(ForgettingBed.APP, bed.scope(ForgettingBed.APP));
    bed.forgetting().undo(undoing, "bob", "a test key");

    assertThat(undoing.decisions()).extracting(DecisionState::id).containsExactly("a", "b");
    assertThat(bed.catalog.decisions().isForgotten(digest(1))).isFalse();
    assertThat(bed.catalog.decisions().isForgotten(digest(2))).isTrue();
    assertThat(bed.catalog.decisions().of("a").orElseThrow().undone())
        .isEqualTo(new DecisionState.Undone("bob", "a test key", bed.clock.instant()));
    assertThatThrownBy(
            () -> bed.forgetting().undoing(ForgettingBed.APP, bed.scope(ForgettingBed.APP)))
        .isInstanceOf(QueryException.class)
        .hasMessageContaining("is not forgotten");
  }

  @Test
  void anUndoSaysWhatComesBackAndWhatDoesNot() throws Exception {
    bed.put(
        tag("app", "1", 1, 2),
        deleted(tag("app", "gone", 1)),
        image(1),
        image(2),
        image(3),
        forget("a", 1, 2, 3),
        forget("b", 3));
    String command = "'longshore push NAME@DIGEST' asks for it";

    UndoView view =
        new UndoView(
            ForgettingBed.APP,
            bed.forgetting().undoing(ForgettingBed.APP, bed.scope(ForgettingBed.APP)),
            true);
    assertThat(view.lines())
        .containsExactly(
            "taken back: a",
            "  name     " + ForgettingBed.APP + " is converted again",
            "  digest   " + digest(1) + " is refused no longer",
            "  digest   "
                + digest(2)
                + " is refused no longer, but no name points to it now: it does not come back by"
                + " itself; "
                + command);
    assertThat(view.json().toString())
        .isEqualTo(
            "{\"asked\":\"%s\",\"done\":true,\"decisions\":[\"a\"],\"names\":[\"%s\"],\"digests\":[\"%s\",\"%s\"],\"former\":[\"%s\"]}"
                .formatted(ForgettingBed.APP, ForgettingBed.APP, digest(1), digest(2), digest(2)));
    assertThat(
            new UndoView(
                    ForgettingBed.APP,
                    bed.forgetting().undoing(ForgettingBed.APP, bed.scope(ForgettingBed.APP)),
                    false)
                .lines())
        .startsWith("would be taken back: a");
    assertThat(bed.catalog.decisions().isForgotten(digest(1))).as("only asked").isTrue();
  }

  private void undo(String asked) throws Exception {
    bed.forgetting().undo(bed.forgetting().undoing(asked, bed.scope(asked)), "bob", "a test key");
  }

  private static ImageState own(int digest, int own) {
    return image(digest, new Recipe("8".repeat(64)), own).servedAs(digest(own));
  }
}
