package dev.longshore.app.decision;

import static dev.longshore.catalog.testing.Samples.dag;
import static dev.longshore.catalog.testing.Samples.deleted;
import static dev.longshore.catalog.testing.Samples.digest;
import static dev.longshore.catalog.testing.Samples.forget;
import static dev.longshore.catalog.testing.Samples.image;
import static dev.longshore.catalog.testing.Samples.pin;
import static dev.longshore.catalog.testing.Samples.recipe;
import static dev.longshore.catalog.testing.Samples.tag;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.app.query.ForgetScope;
import dev.longshore.app.query.ForgottenBy;
import dev.longshore.app.query.Remains;
import dev.longshore.app.query.SharedLayers;
import dev.longshore.app.query.find.CatalogLookup;
import dev.longshore.app.query.find.ExitCode;
import dev.longshore.app.query.find.KnownNames;
import dev.longshore.app.query.find.QueryException;
import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.testing.RecordLog;
import dev.longshore.catalog.testing.Samples;
import dev.longshore.events.CopiesState;
import dev.longshore.events.CopyPhase;
import dev.longshore.events.Decision.Forget;
import dev.longshore.events.DecisionState;
import dev.longshore.events.Evidence;
import dev.longshore.events.ImageState;
import dev.longshore.events.Origin;
import dev.longshore.events.PinPhase;
import dev.longshore.events.PinState;
import dev.longshore.events.State;
import dev.longshore.events.TagState;
import dev.longshore.ipfs.Deadline;
import dev.longshore.model.Digest;
import dev.longshore.model.PeerName;
import dev.longshore.model.Recipe;
import dev.longshore.runtime.kafka.decision.DecisionChangedException;
import dev.longshore.testing.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The command over a catalog in memory: what it decides, what it says, and when it ends. */
@Timeout(30)
class ForgettingTest {
  private static final String APP = Samples.REGISTRY + "/app:1";

  private final RecordLog log = new RecordLog();
  private final ManualClock clock = new ManualClock(Samples.NOW);
  private final Catalog catalog = Catalog.inMemory(clock);
  private final Map<Digest, Set<Digest>> inside = new HashMap<>();
  private final List<String> progress = new ArrayList<>();
  private ResolverAnswer resolver = new ResolverAnswer(List.of(), Optional.empty());

  @AfterEach
  void close() {
    catalog.close();
  }

  @Test
  void aTagMeansItsDigestNowAndSaysWhichOnesItWasBefore() throws Exception {
    put(tag("app", "1", 1, 2, 3), image(1), image(2));
    ForgetScope scope = scope(APP);

    assertThat(scope.sources()).containsExactly(digest(1));
    assertThat(scope.names()).extracting(TagState::key).containsExactly(APP);
    assertThat(view(scope))
        .contains("stays    " + Samples.REGISTRY + "/app@" + digest(2))
        .contains("'longshore forget " + Samples.REGISTRY + "/app@" + digest(2) + " --reason TEXT'")
        .as("one that was never converted")
        .doesNotContain(digest(3).toString());
  }

  @Test
  void everyWayToNameAnImageLeadsToItsSource() throws Exception {
    ImageState lazy = own(1, 9);
    put(tag("app", "1", 1), image(1), lazy);
    for (String asked :
        List.of(
            APP,
            digest(1).toString(),
            digest(9).toString(),
            Samples.REGISTRY + "/app@" + digest(1))) {
      assertThat(scope(asked).sources()).as(asked).containsExactly(digest(1));
    }
    assertThat(scope(digest(5).toString()).top()).isEmpty();
    assertThat(scope(Samples.REGISTRY + "/other@" + digest(1)).top()).isEmpty();
  }

  /**
   * Eight former digests find a record; a tag remembers fifty versions, and images stay for ever.
   */
  @Test
  void whatATagWasLongAgoIsSaidAndCanBeNamed() throws Exception {
    TagState tag = tag("library/nginx", "1", 1, 2);
    put(
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
    put(image(1), image(2), image(3), own(5, 9));
    String name = Samples.REGISTRY + "/library/nginx";

    assertThat(scope(name + ":1").former())
        .containsExactly(name + "@" + digest(2), name + "@" + digest(3));
    for (int digest : List.of(3, 4, 5)) {
      assertThat(scope(name + "@" + digest(digest)).top()).containsExactly(digest(digest));
    }
    assertThat(scope(name + "@" + digest(9)).top()).as("a mode").containsExactly(digest(5));
    assertThat(scope(name + "@" + digest(6)).top()).isEmpty();
  }

  @Test
  void whatSomebodyElseWroteDoesNotMoveTheCursor() throws Exception {
    put(
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
    ForgetScope scope = scope(APP);

    assertThat(view(scope)).contains("?[2J is? here").doesNotContain("\u001b", "\u009b");
    assertThat(await(scope, Duration.ZERO).words()).contains("?[2J is? here");
    DecisionState decision =
        DecisionState.of(
            "a",
            new Forget(APP, List.of(digest(1))),
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
    put(
        tag("app", "1", 1),
        tag("elsewhere", "1", 1),
        image(1),
        image(2).boundTo(digest(1)),
        image(3).boundTo(digest(2)),
        tag("elsewhere", "sha256-" + hex + ".sig", 4),
        image(4),
        image(5),
        image(6));
    inside.put(digest(1), Set.of(digest(5), digest(7), digest(1)));

    ForgetScope scope = scope(APP);
    assertThat(scope.sources())
        .containsExactlyInAnyOrder(digest(1), digest(2), digest(3), digest(4), digest(5));
    assertThat(scope.names())
        .extracting(TagState::key)
        .contains(APP, Samples.REGISTRY + "/elsewhere:1");
    assertThat(view(scope)).contains(digest(5) + ", which belongs to it");
  }

  @Test
  void anIndexThatNobodyCanReadIsSaid() throws Exception {
    put(tag("app", "1", 1), image(1));
    assertThat(view(scope(APP))).contains("unknown").contains("no peer has it");
  }

  @Test
  void whatDoesNotFitIntoADecisionMakesSeveral() throws Exception {
    put(tag("app", "1", 1), image(1), image(100).boundTo(digest(1)), forget("earlier", 100));
    put(
        IntStream.range(101, 101 + 2 * Forget.LIMIT)
            .mapToObj(n -> image(n).boundTo(digest(1)))
            .toArray(State[]::new));
    ForgetScope scope = scope(APP);
    assertThat(scope.sources()).hasSize(2 * Forget.LIMIT + 2);

    assertThat(forgetting().decide(APP, scope, "alice", "why")).isTrue();

    List<List<Digest>> written =
        catalog.decisions().page(null, 9).stream()
            .filter(decision -> !decision.id().equals("earlier"))
            .map(decision -> Objects.requireNonNull(decision.forget()).digests())
            .toList();
    assertThat(written)
        .hasSize(3)
        .allSatisfy(
            digests ->
                assertThat(digests)
                    .hasSizeLessThanOrEqualTo(Forget.LIMIT)
                    .startsWith(digest(1))
                    .as("forgotten already")
                    .doesNotContain(digest(100)));
    assertThat(scope.sources()).allMatch(catalog.decisions()::isForgotten);
    assertThat(forgetting().decide(APP, scope, "alice", "why")).isFalse();

    undo(APP);
    assertThat(scope.sources())
        .filteredOn(catalog.decisions()::isForgotten)
        .containsOnly(digest(100));
  }

  /** Killed between two decisions. */
  @Test
  void whatWasDecidedInPartIsDecidedWhollyByTheSameCommandAndTakenBackWhole() throws Exception {
    put(tag("app", "1", 1), image(1), image(2).boundTo(digest(1)), forget("first", 1));
    assertThat(forgetting().decide(APP, scope(APP), "alice", "why")).isTrue();
    assertThat(scope(APP).sources()).allMatch(catalog.decisions()::isForgotten);

    undo(APP);
    assertThat(scope(APP).sources()).noneMatch(catalog.decisions()::isForgotten);
  }

  @Test
  void theCommandThatLooksAgainNamesTheDigestAsTheTagMayPointElsewhereByThen() throws Exception {
    ImageState same = own(2, 9);
    put(tag("app", "1", 1), own(1, 9), same);

    assertThat(ForgetView.again(APP, scope(APP)))
        .isEqualTo("longshore forget " + digest(1) + " --reason TEXT");
    String both = digest(9).toString();
    assertThat(scope(both).top()).hasSize(2);
    assertThat(ForgetView.again(both, scope(both)))
        .isEqualTo("longshore forget " + both + " --reason TEXT");
  }

  @Test
  void aDecisionIsWrittenOnceAndPendingUntilEveryPeerIsDone() throws Exception {
    put(tag("app", "1", 1), image(1), pin(1, 2, 2));
    ForgetScope scope = scope(APP);

    assertThat(forgetting().decide(APP, scope, "alice", "a key was in it")).isTrue();
    DecisionState decision = catalog.decisions().forgotten(digest(1)).orElseThrow();
    assertThat(decision.by()).isEqualTo("alice");
    assertThat(decision.reason()).isEqualTo("a key was in it");
    assertThat(decision.forget()).isEqualTo(new Forget(APP, List.of(digest(1))));
    assertThat(forgetting().decide(APP, scope, "bob", "again")).isFalse();
    assertThat(catalog.decisions().page(null, 9)).hasSize(1);

    Forgetting.Pending pending = await(scope, Duration.ZERO);
    assertThat(pending.exitCode()).isEqualTo(ExitCode.INCOMPLETE);
    assertThat(pending.words()).contains(dag(1).toString()).contains("at peer-0, peer-1");

    put(gone(1));
    assertThat(await(scope, Duration.ofSeconds(20)).exitCode()).isEqualTo(ExitCode.COMPLETE);
  }

  /** Of one that was not asked for by itself, the record of another repository tells. */
  @Test
  void whatWasMadeBeforeIsPendingThoughOnlyAnotherRepositoryTellsOfIt() throws Exception {
    put(
        tag("app", "1", 1),
        image(1),
        image(1).inPlaceOf(image(1, recipe(), 9)).shownBy(Evidence.ASKED),
        gone(1),
        pin(9, 1, 1));
    ForgetScope scope = scope(APP);
    forgetting().decide(APP, scope, "alice", "why");

    Forgetting.Pending pending = await(scope, Duration.ZERO);
    assertThat(pending.exitCode()).isEqualTo(ExitCode.INCOMPLETE);
    assertThat(pending.words()).contains(dag(9).toString());
  }

  @Test
  void anImageThatThePinnerDoesNotKnowYetIsPendingAtItsIngestPeer() throws Exception {
    put(tag("app", "1", 1), image(1));
    ForgetScope scope = scope(APP);
    forgetting().decide(APP, scope, "alice", "why");

    Forgetting.Pending pending = await(scope, Duration.ZERO);

    assertThat(pending.exitCode()).isEqualTo(ExitCode.INCOMPLETE);
    assertThat(pending.words()).endsWith(", at " + image(1).ingestPeer());
  }

  @Test
  void whatKeepsItOnAPeerIsSaid() throws Exception {
    put(
        tag("app", "1", 1),
        image(1),
        pin(1, 1, 1),
        new CopiesState(
            dag(1),
            List.of(
                new CopiesState.Copy(
                    new PeerName("b"), CopyPhase.GONE, 0, null, null, null, Samples.NOW),
                new CopiesState.Copy(
                    new PeerName("c"),
                    CopyPhase.RELEASING,
                    0,
                    "a pin of somebody else holds it",
                    null,
                    null,
                    Samples.NOW))));
    ForgetScope scope = scope(APP);
    forgetting().decide(APP, scope, "alice", "why");

    assertThat(await(scope, Duration.ZERO).words())
        .endsWith(", at c (a pin of somebody else holds it)");
  }

  @Test
  void itWaitsForThePinnerAndTellsWhatFor() throws Exception {
    put(tag("app", "1", 1), image(1), pin(1, 1, 1));
    Thread pinner =
        Thread.ofVirtual()
            .start(
                () -> {
                  while (progressed().isEmpty()) {
                    Thread.onSpinWait();
                  }
                  put(gone(1));
                });
    assertThat(await(scope(APP), Duration.ofSeconds(20)).isOver()).isTrue();
    pinner.join();
    assertThat(progressed()).hasSize(1).first().asString().contains("at peer-0");
  }

  private List<String> progressed() {
    synchronized (progress) {
      return List.copyOf(progress);
    }
  }

  @Test
  void aResolverThatStillServesItIsPendingAndASilentOneIsSaid() throws Exception {
    put(tag("app", "1", 1), image(1), gone(1));
    resolver = new ResolverAnswer(List.of(APP), Optional.empty());
    Forgetting.Pending pending = await(scope(APP), Duration.ZERO);
    assertThat(pending.exitCode()).isEqualTo(ExitCode.INCOMPLETE);
    assertThat(pending.words()).contains("the resolver still serves " + APP);

    resolver = new ResolverAnswer(List.of(), Optional.of("connection refused"));
    Forgetting.Pending silent = await(scope(APP), Duration.ZERO);
    assertThat(silent.exitCode()).isEqualTo(ExitCode.COMPLETE);
    assertThat(silent.notes()).singleElement().asString().contains("connection refused");
  }

  @Test
  void aDagThatAnotherImageIsTooStaysAndIsNotPending() throws Exception {
    put(
        tag("app", "1", 1),
        image(1),
        image(2, Samples.recipe(), 1),
        tag("app", "2", 2),
        pin(1, 1, 1));
    ForgetScope scope = scope(APP);

    Remains remains = Remains.of(catalog, scope.sources());
    assertThat(remains.pending()).isEmpty();
    assertThat(view(scope)).contains("stays: ").contains("@" + digest(2) + " is it too");
    forgetting().decide(APP, scope, "alice", "why");
    forgetting().decide("2", scope(Samples.REGISTRY + "/app:2"), "alice", "why");
    assertThat(Remains.of(catalog, scope.sources()).pending()).hasSize(1);
  }

  @Test
  void layersThatStayAreNamedWithAnImageThatKeepsThem() throws Exception {
    put(
        tag("library/nginx", "1", 1),
        tag("library/nginx", "2", 2),
        image(1),
        image(2),
        pin(1, 1, 1),
        pin(2, 1, 1));
    inside.put(digest(1), Set.of(digest(1), digest(71), digest(72)));
    inside.put(digest(2), Set.of(digest(2), digest(72), digest(73)));
    ForgetScope scope = scope(Samples.REGISTRY + "/library/nginx:1");

    SharedLayers shared =
        SharedLayers.of(catalog, scope, this::blobs, Deadline.after(Duration.ofSeconds(20)));
    assertThat(shared.kept()).containsOnlyKeys(digest(72));
    assertThat(shared.whole()).isTrue();
    List<String> lines =
        new ForgetView(APP, scope, Remains.of(catalog, scope.sources()), Optional.of(shared))
            .lines();
    assertThat(lines)
        .anySatisfy(
            line ->
                assertThat(line)
                    .contains(digest(72) + " stays: ")
                    .contains("@" + digest(2) + " has it too"))
        .anySatisfy(
            line -> assertThat(line).contains("out of reach: caches of container runtimes"));
  }

  @Test
  void undoTakesBackEveryDecisionAboutIt() throws Exception {
    put(tag("app", "1", 1), image(1), forget("a", 1), forget("b", 1, 2), forget("c", 2));
    clock.advance(Duration.ofMinutes(1));
    Forgetting.Undoing undoing = forgetting().undoing(APP, scope(APP));
    forgetting().undo(undoing, "bob", "a test key");

    assertThat(undoing.decisions()).extracting(DecisionState::id).containsExactly("a", "b");
    assertThat(catalog.decisions().isForgotten(digest(1))).isFalse();
    assertThat(catalog.decisions().isForgotten(digest(2))).isTrue();
    assertThat(catalog.decisions().of("a").orElseThrow().undone())
        .isEqualTo(new DecisionState.Undone("bob", "a test key", clock.instant()));
    assertThatThrownBy(() -> forgetting().undoing(APP, scope(APP)))
        .isInstanceOf(QueryException.class)
        .hasMessageContaining("is not forgotten");
  }

  @Test
  void anUndoSaysWhatComesBackAndWhatDoesNot() throws Exception {
    put(
        tag("app", "1", 1, 2),
        deleted(tag("app", "gone", 1)),
        image(1),
        image(2),
        image(3),
        forget("a", 1, 2, 3),
        forget("b", 3));
    String command = "'longshore push NAME@DIGEST' asks for it";

    UndoView view = new UndoView(APP, forgetting().undoing(APP, scope(APP)), true);
    assertThat(view.lines())
        .containsExactly(
            "taken back: a",
            "  name     " + APP + " is converted again",
            "  digest   " + digest(1) + " is refused no longer",
            "  digest   "
                + digest(2)
                + " is refused no longer, but no name points to it now: it does not come back by"
                + " itself; "
                + command);
    assertThat(view.json().toString())
        .isEqualTo(
            "{\"asked\":\"%s\",\"done\":true,\"decisions\":[\"a\"],\"names\":[\"%s\"],\"digests\":[\"%s\",\"%s\"],\"former\":[\"%s\"]}"
                .formatted(APP, APP, digest(1), digest(2), digest(2)));
    assertThat(new UndoView(APP, forgetting().undoing(APP, scope(APP)), false).lines())
        .startsWith("would be taken back: a");
    assertThat(catalog.decisions().isForgotten(digest(1))).as("only asked").isTrue();
  }

  private void undo(String asked) throws Exception {
    forgetting().undo(forgetting().undoing(asked, scope(asked)), "bob", "a test key");
  }

  private Forgetting forgetting() {
    return new Forgetting(catalog, this::write, _ -> resolver, clock);
  }

  private void write(DecisionState decision) throws DecisionChangedException {
    put(decision);
  }

  private Forgetting.Pending await(ForgetScope scope, Duration limit) throws InterruptedException {
    return forgetting()
        .await(
            scope,
            limit,
            line -> {
              synchronized (progress) {
                progress.add(line);
              }
            });
  }

  private ForgetScope scope(String asked) throws QueryException {
    KnownNames names = new KnownNames(List.of());
    return ForgetScope.of(
        catalog, new CatalogLookup(catalog, names, List.of()), names, this::blobs, asked);
  }

  private Set<Digest> blobs(ImageState image) throws QueryException {
    Set<Digest> blobs = inside.get(image.digest());
    if (blobs == null) {
      throw new QueryException("no peer has it");
    }
    return blobs;
  }

  private String view(ForgetScope scope) {
    return String.join(
        "\n",
        new ForgetView(APP, scope, Remains.of(catalog, scope.sources()), Optional.empty()).lines());
  }

  private static ImageState own(int digest, int own) {
    return image(digest, new Recipe("8".repeat(64)), own).servedAs(digest(own));
  }

  private static PinState gone(int dag) {
    return new PinState(
        dag(dag),
        0,
        List.of(),
        null,
        true,
        Samples.NOW,
        null,
        0,
        Samples.NOW,
        null,
        null,
        PinPhase.GONE,
        Samples.NOW);
  }

  private void put(State... states) {
    catalog.writer().apply(List.of(states).stream().map(log::put).toList());
  }
}
