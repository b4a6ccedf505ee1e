package dev.longshore.app.decision;

import static dev.longshore.catalog.testing.Samples.dag;
import static dev.longshore.catalog.testing.Samples.digest;
import static dev.longshore.catalog.testing.Samples.image;
import static dev.longshore.catalog.testing.Samples.pin;
import static dev.longshore.catalog.testing.Samples.recipe;
import static dev.longshore.catalog.testing.Samples.tag;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.app.query.ForgetScope;
import dev.longshore.app.query.Remains;
import dev.longshore.app.query.SharedLayers;
import dev.longshore.app.query.find.ExitCode;
import dev.longshore.catalog.testing.Samples;
import dev.longshore.events.CopiesState;
import dev.longshore.events.CopyPhase;
import dev.longshore.events.Decision.Forget;
import dev.longshore.events.DecisionState;
import dev.longshore.events.Evidence;
import dev.longshore.events.PeerPhase;
import dev.longshore.events.PeerState;
import dev.longshore.events.PinPhase;
import dev.longshore.events.PinState;
import dev.longshore.ipfs.Deadline;
import dev.longshore.model.Digest;
import dev.longshore.model.PeerName;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What stays pending of a forget, why, and when it is done. */
@Timeout(30)
class ForgettingProgressTest {
  private final ForgettingBed bed = new ForgettingBed();

  @AfterEach
  void close() {
    bed.close();
  }

  @Test
  void aDecisionIsWrittenOnceAndPendingUntilEveryPeerIsDone() throws Exception {
    bed.put(tag("app", "1", 1), image(1), pin(1, 2, 2));
    ForgetScope scope = bed.scope(ForgettingBed.APP);

    assertThat(bed.forgetting().decide(ForgettingBed.APP, scope, "alice", "a key was in it"))
        .isTrue();
    DecisionState decision = bed.catalog.decisions().forgotten(digest(1)).orElseThrow();
    assertThat(decision.by()).isEqualTo("alice");
    assertThat(decision.reason()).isEqualTo("a key was in it");
    assertThat(decision.forget()).isEqualTo(new Forget(ForgettingBed.APP, List.of(digest(1))));
    assertThat(bed.forgetting().decide(ForgettingBed.APP, scope, "bob", "again")).isFalse();
    assertThat(bed.catalog.decisions().page(null, 9)).hasSize(1);

    Forgetting.Pending pending = bed.await(scope, Duration.ZERO);
    assertThat(pending.exitCode()).isEqualTo(ExitCode.INCOMPLETE);
    assertThat(pending.words()).contains(dag(1).toString()).contains("at peer-0, peer-1");

    bed.put(ForgettingBed.gone(1));
    assertThat(bed.await(scope, Duration.ofSeconds(20)).exitCode()).isEqualTo(ExitCode.COMPLETE);
  }

  /** Of one that was not asked for by itself, the record of another repository tells. */
  @Test
  void whatWasMadeBeforeIsPendingThoughOnlyAnotherRepositoryTellsOfIt() throws Exception {
    bed.put(
        tag("app", "1", 1),
        image(1),
        image(1).inPlaceOf(image(1, recipe(), 9)).shownBy(Evidence.ASKED),
        ForgettingBed.gone(1),
        pin(9, 1, 1));
    ForgetScope scope = bed.scope(ForgettingBed.APP);
    bed.forgetting().decide(ForgettingBed.APP, scope, "alice", "why");

    Forgetting.Pending pending = bed.await(scope, Duration.ZERO);
    assertThat(pending.exitCode()).isEqualTo(ExitCode.INCOMPLETE);
    assertThat(pending.words()).contains(dag(9).toString());
  }

  @Test
  void anImageThatThePinnerDoesNotKnowYetIsPendingAtItsIngestPeer() throws Exception {
    bed.put(tag("app", "1", 1), image(1));
    ForgetScope scope = bed.scope(ForgettingBed.APP);
    bed.forgetting().decide(ForgettingBed.APP, scope, "alice", "why");

    Forgetting.Pending pending = bed.await(scope, Duration.ZERO);

    assertThat(pending.exitCode()).isEqualTo(ExitCode.INCOMPLETE);
    assertThat(pending.words()).endsWith(", at " + image(1).ingestPeer());
  }

  @Test
  void whatKeepsItOnAPeerIsSaid() throws Exception {
    bed.put(
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
    ForgetScope scope = bed.scope(ForgettingBed.APP);
    bed.forgetting().decide(ForgettingBed.APP, scope, "alice", "why");

    assertThat(bed.await(scope, Duration.ZERO).words())
        .endsWith(", at c (a pin of somebody else holds it)");
  }

  @Test
  void itWaitsForThePinnerAndTellsWhatFor() throws Exception {
    bed.put(tag("app", "1", 1), image(1), pin(1, 1, 1));
    Thread pinner =
        Thread.ofVirtual()
            .start(
                () -> {
                  while (progressed().isEmpty()) {
                    Thread.onSpinWait();
                  }
                  bed.put(ForgettingBed.gone(1));
                });
    assertThat(bed.await(bed.scope(ForgettingBed.APP), Duration.ofSeconds(20)).isOver()).isTrue();
    pinner.join();
    assertThat(progressed()).hasSize(1).first().asString().contains("at peer-0");
  }

  private List<String> progressed() {
    synchronized (bed.progress) {
      return List.copyOf(bed.progress);
    }
  }

  @Test
  void aResolverThatStillServesItIsPendingAndASilentOneIsSaid() throws Exception {
    bed.put(tag("app", "1", 1), image(1), ForgettingBed.gone(1));
    bed.resolver = new ResolverAnswer(List.of(ForgettingBed.APP), Optional.empty());
    Forgetting.Pending pending = bed.await(bed.scope(ForgettingBed.APP), Duration.ZERO);
    assertThat(pending.exitCode()).isEqualTo(ExitCode.INCOMPLETE);
    assertThat(pending.words()).contains("the resolver still serves " + ForgettingBed.APP);

    bed.resolver = new ResolverAnswer(List.of(), Optional.of("connection refused"));
    Forgetting.Pending silent = bed.await(bed.scope(ForgettingBed.APP), Duration.ZERO);
    assertThat(silent.exitCode()).isEqualTo(ExitCode.COMPLETE);
    assertThat(silent.notes()).singleElement().asString().contains("connection refused");
  }

  @Test
  void aDagThatAnotherImageIsTooStaysAndIsNotPending() throws Exception {
    bed.put(
        tag("app", "1", 1),
        image(1),
        image(2, Samples.recipe(), 1),
        tag("app", "2", 2),
        pin(1, 1, 1));
    ForgetScope scope = bed.scope(ForgettingBed.APP);

    Remains remains = Remains.of(bed.catalog, scope.sources());
    assertThat(remains.pending()).isEmpty();
    assertThat(bed.view(scope)).contains("stays: ").contains("@" + digest(2) + " is it too");
    bed.forgetting().decide(ForgettingBed.APP, scope, "alice", "why");
    bed.forgetting().decide("2", bed.scope(Samples.REGISTRY + "/app:2"), "alice", "why");
    assertThat(Remains.of(bed.catalog, scope.sources()).pending()).hasSize(1);
  }

  /** As after Kafka was lost: the pinner reads what names of pins say. */
  @Test
  void whatOnlyNamesOfPinsTellOfIsPending() throws Exception {
    bed.put(tag("app", "1", 1), image(1), ForgettingBed.gone(1), peer("a", 3L, null));
    ForgetScope scope = bed.scope(ForgettingBed.APP);
    assertThat(Remains.of(bed.catalog, scope.sources()).isOver()).as("not decided").isTrue();
    bed.forgetting().decide(ForgettingBed.APP, scope, "alice", "why");

    Forgetting.Pending unread = bed.await(scope, Duration.ZERO);
    assertThat(unread.exitCode()).isEqualTo(ExitCode.INCOMPLETE);
    assertThat(unread.words()).contains("not yet looked for it among unrecorded pins of a");
    assertThat(Remains.of(bed.catalog, scope.sources(), _ -> false).isOver())
        .as("a is no peer any more")
        .isTrue();

    bed.put(peer("a", 2L, 1L), unnamed(2, digest(1)));
    assertThat(bed.await(scope, Duration.ZERO).words()).contains("only names of pins tell");
    bed.put(unnamed(2, digest(3)));
    assertThat(bed.await(scope, Duration.ZERO).exitCode()).isEqualTo(ExitCode.COMPLETE);
  }

  private static PinState unnamed(int dag, Digest source) {
    PinState gone = ForgettingBed.gone(dag);
    return new PinState(
        gone.imageDag(),
        0,
        List.of(),
        null,
        false,
        Samples.NOW,
        null,
        0,
        null,
        null,
        null,
        PinPhase.RELEASING,
        Samples.NOW,
        List.of(source));
  }

  private static PeerState peer(String name, Long unknownPins, @Nullable Long heeded) {
    return new PeerState(
        new PeerName(name),
        "id",
        List.of(),
        "zone",
        PeerPhase.UP,
        Samples.NOW,
        null,
        null,
        null,
        null,
        null,
        null,
        unknownPins,
        heeded);
  }

  @Test
  void layersThatStayAreNamedWithAnImageThatKeepsThem() throws Exception {
    bed.put(
        tag("library/nginx", "1", 1),
        tag("library/nginx", "2", 2),
        image(1),
        image(2),
        pin(1, 1, 1),
        pin(2, 1, 1));
    bed.inside.put(digest(1), Set.of(digest(1), digest(71), digest(72)));
    bed.inside.put(digest(2), Set.of(digest(2), digest(72), digest(73)));
    ForgetScope scope = bed.scope(Samples.REGISTRY + "/library/nginx:1");

    SharedLayers shared =
        SharedLayers.of(bed.catalog, scope, bed::blobs, Deadline.after(Duration.ofSeconds(20)));
    assertThat(shared.kept()).containsOnlyKeys(digest(72));
    assertThat(shared.whole()).isTrue();
    List<String> lines =
        new ForgetView(
                ForgettingBed.APP,
                scope,
                Remains.of(bed.catalog, scope.sources()),
                Optional.of(shared))
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
}
