package dev.longshore.catalog;

import static dev.longshore.catalog.testing.Samples.dag;
import static dev.longshore.catalog.testing.Samples.digest;
import static dev.longshore.catalog.testing.Samples.forget;
import static dev.longshore.catalog.testing.Samples.image;
import static dev.longshore.catalog.testing.Samples.name;
import static dev.longshore.catalog.testing.Samples.recipe;
import static dev.longshore.catalog.testing.Samples.tag;
import static dev.longshore.catalog.testing.Samples.undone;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.catalog.testing.RecordLog;
import dev.longshore.catalog.testing.Samples;
import dev.longshore.events.Decision;
import dev.longshore.events.Decision.Forget;
import dev.longshore.events.Decision.Hold;
import dev.longshore.events.DecisionState;
import dev.longshore.events.ImageState;
import dev.longshore.events.State;
import dev.longshore.model.Digest;
import dev.longshore.model.PeerName;
import dev.longshore.testing.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DecisionsTest {
  private final RecordLog log = new RecordLog();
  private final ManualClock clock = new ManualClock(Samples.NOW);
  private final Catalog catalog = Catalog.inMemory(clock);

  @AfterEach
  void close() {
    catalog.close();
  }

  @Test
  void aDigestIsForgottenAsLongAsOneOfItsDecisionsStands() {
    put(forget("a", 1, 2), forget("b", 2, 3));
    assertThat(forgotten()).containsExactly(1, 2, 3);
    assertThat(catalog.decisions().forgets(digest(2)))
        .containsExactly(forget("a", 1, 2), forget("b", 2, 3));

    put(undone(forget("a", 1, 2)));
    assertThat(forgotten()).containsExactly(2, 3);
    put(undone(forget("b", 2, 3)));
    assertThat(forgotten()).isEmpty();
    assertThat(catalog.decisions().of("b")).contains(undone(forget("b", 2, 3)));
    assertThat(catalog.decisions().page(null, 9)).hasSize(2);
  }

  @Test
  void aForgetIsUndoneOnceNoneOfItsDecisionsStands() {
    assertThat(catalog.decisions().isForgetUndone(digest(2))).as("nobody decided it").isFalse();
    put(forget("a", 1, 2), undone(forget("b", 2, 3)));
    assertThat(catalog.decisions().isForgetUndone(digest(2))).isFalse();
    assertThat(catalog.decisions().isForgetUndone(digest(3))).isTrue();

    put(undone(forget("a", 1, 2)));
    assertThat(catalog.decisions().isForgetUndone(digest(2))).isTrue();
  }

  @Test
  void itIsToldOfTheDecisionThatCameFirst() {
    DecisionState late = forget("a", 1);
    DecisionState early =
        DecisionState.of("b", late.decision().orElseThrow(), "alice", "why", Samples.NOW, null);
    put(late, early);

    assertThat(catalog.decisions().forgotten(digest(1))).contains(early);
    assertThat(catalog.decisions().forgotten(digest(2))).isEmpty();
  }

  @Test
  void anotherListOfDigestsReplacesTheOneBefore() {
    put(forget("a", 1, 2));
    put(forget("a", 2));
    assertThat(forgotten()).containsExactly(2);
  }

  @Test
  void aDecisionWithATimeEndsByItself() {
    put(hold("h1", Samples.NOW.plusSeconds(60)), hold("h2", null), forget("f", 1));
    assertThat(standing(Hold.class)).containsExactly("h1", "h2");

    clock.advance(Duration.ofSeconds(60));
    assertThat(standing(Hold.class)).containsExactly("h2");
    assertThat(standing(Forget.class)).containsExactly("f");

    put(undone(hold("h2", null)));
    assertThat(standing(Hold.class)).isEmpty();
  }

  @Test
  void aDagIsForgottenOnlyIfAllItsImagesAre() {
    put(tag("a", "1", 1), image(1), image(2, recipe(), 1), image(3));
    assertThat(catalog.decisions().isForgotten(dag(1))).isFalse();
    put(forget("a", 1));
    assertThat(catalog.decisions().isForgotten(dag(1))).isFalse();
    put(forget("b", 2));
    assertThat(catalog.decisions().isForgotten(dag(1))).isTrue();
    assertThat(catalog.decisions().isForgotten(dag(9))).as("nobody's").isFalse();
  }

  @Test
  void forgottenImagesOfARepositoryAreThoseThatItHasAndHeld() {
    ImageState read = image(1);
    put(
        tag("b", "v1", 3, 1),
        tag("c", "v1", 1),
        read.alsoFor(name("b"), read.convertedAt()),
        image(3).alsoFor(name("b"), read.convertedAt()));
    put(forget("a", 1, 9));
    assertThat(catalog.decisions().forgottenIn(name("b")))
        .extracting(ImageState::digest)
        .containsExactly(digest(1));
    assertThat(catalog.decisions().forgottenIn(name("c"))).isEmpty();
    put(undone(forget("a", 1, 9)));
    assertThat(catalog.decisions().forgottenIn(name("b"))).isEmpty();
  }

  /** As a signature (2) of an SBOM (3) of an image (1), whenever it was attached. */
  @Test
  void whatRefersToAForgottenImageIsForgottenWithIt() {
    DecisionState decision = forget("a", 1);
    put(decision, image(3).boundTo(digest(1)), image(2).boundTo(digest(3)));
    put(tag("b", "v1", 2), image(2).alsoFor(name("b"), Samples.NOW).boundTo(digest(3)));
    assertThat(forgotten()).containsExactly(1, 2, 3);
    assertThat(catalog.decisions().isForgotten(dag(2))).isTrue();
    assertThat(catalog.decisions().forgets(digest(2))).containsExactly(decision);
    assertThat(catalog.decisions().forgottenBy(new Forget("it", List.of(digest(1)))))
        .containsExactly(digest(1), digest(3), digest(2));
    assertThat(catalog.decisions().forgottenIn(name("b")))
        .extracting(ImageState::digest)
        .containsExactly(digest(2));
    assertThat(catalog.decisions().isForgetUndone(digest(2))).isFalse();

    put(undone(decision));
    assertThat(forgotten()).isEmpty();
    assertThat(catalog.decisions().isForgetUndone(digest(2))).isTrue();
  }

  @Test
  void anImageStaysWhateverOfItIsForgotten() {
    put(forget("a", 2), image(1), image(2).boundTo(digest(1)));
    assertThat(forgotten()).containsExactly(2);
  }

  @Test
  void whatStandsComesInPages() {
    put(forget("a", 1), undone(forget("b", 2)), forget("c", 3), hold("d", null));
    assertThat(catalog.decisions().standing(Forget.class, null, 1)).containsExactly(forget("a", 1));
    assertThat(catalog.decisions().standing(Forget.class, "a", 9)).containsExactly(forget("c", 3));
  }

  @Test
  void aDecisionThatARebuildDoesNotBringIsGone() {
    put(forget("a", 1), forget("b", 2));
    catalog.writer().startAgain(true);
    assertThat(forgotten()).as("during the rebuild").containsExactly(1, 2);

    catalog.writer().apply(new Batch(List.of(new RecordLog().put(forget("b", 2))), Map.of()));
    catalog.writer().complete(Samples.NOW);
    assertThat(forgotten()).containsExactly(2);
  }

  @Test
  void whatSeveralDecisionsNameIsToldOnceWithWhatRefersToIt() {
    put(image(2).boundTo(digest(1)));
    Set<Digest> all = new LinkedHashSet<>();
    assertThat(catalog.decisions().addForgottenBy(forgetOf(1, 3), all))
        .containsExactly(digest(1), digest(3), digest(2));
    assertThat(catalog.decisions().addForgottenBy(forgetOf(1, 4), all)).containsExactly(digest(4));
  }

  @Test
  void anUndoBringsBackWhatNoOtherDecisionForgetsOrItsSubject() {
    DecisionState first = forget("a", 1, 2, 3, 4);
    DecisionState second = forget("b", 1, 5);
    put(first, second, image(4).boundTo(digest(3)), image(2).boundTo(digest(1)));
    assertThat(catalog.decisions().forgottenOnlyBy(List.of(first, second)))
        .containsExactly(digest(1), digest(2), digest(3), digest(4), digest(5));
    assertThat(catalog.decisions().forgottenOnlyBy(List.of(first)))
        .as("without the other, which forgets 1 and so its signature, 2")
        .containsExactly(digest(3), digest(4));

    put(forget("c", 3));
    assertThat(catalog.decisions().forgottenOnlyBy(List.of(first, second)))
        .containsExactly(digest(1), digest(2), digest(5));
  }

  /** Each names the image itself, to which all the others refer. */
  @Test
  void anUndoOfTwiceAsMuchReadsTwiceAsMuch() {
    long some = rowsOfUndo(1_000, 10);
    long twice = rowsOfUndo(100_000, 20);

    assertThat(some).isPositive();
    assertThat(twice).isLessThan(some * 5 / 2);
  }

  /** Decisions with 20 digests each that refer to the first; how many rows are read. */
  private long rowsOfUndo(int first, int decisions) {
    List<DecisionState> all = new ArrayList<>();
    for (int n = 0; n < decisions; n++) {
      int from = first + 1 + 20 * n;
      int[] digests =
          IntStream.concat(IntStream.of(first), IntStream.range(from, from + 20)).toArray();
      all.add(forget("many-" + first + "-" + n, digests));
      put(all.getLast());
      IntStream.range(from, from + 20).forEach(digest -> put(image(digest).boundTo(digest(first))));
    }
    long before = catalog.rowsRead();
    assertThat(catalog.decisions().forgottenOnlyBy(all)).hasSize(1 + 20 * decisions);
    Set<Digest> found = new LinkedHashSet<>();
    all.forEach(
        decision -> {
          var _ =
              catalog.decisions().addForgottenBy(Objects.requireNonNull(decision.forget()), found);
        });
    assertThat(found).hasSize(1 + 20 * decisions);
    return catalog.rowsRead() - before;
  }

  private static Forget forgetOf(int... digests) {
    return Objects.requireNonNull(forget("any", digests).forget());
  }

  private List<Integer> forgotten() {
    return List.of(1, 2, 3).stream()
        .filter(n -> catalog.decisions().isForgotten(digest(n)))
        .toList();
  }

  private List<String> standing(Class<? extends Decision> kind) {
    return catalog.decisions().standing(kind, null, 9).stream().map(DecisionState::id).toList();
  }

  private static DecisionState hold(String id, @Nullable Instant until) {
    return DecisionState.of(
        id, new Hold(new PeerName("site-a"), null), "alice", "a new disk", Samples.NOW, until);
  }

  private void put(State... states) {
    catalog.writer().apply(List.of(states).stream().map(log::put).toList());
  }
}
