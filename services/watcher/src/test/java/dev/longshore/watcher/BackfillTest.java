package dev.longshore.watcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.catalog.CatalogRecord;
import dev.longshore.catalog.WorkFailure;
import dev.longshore.catalog.testing.Samples;
import dev.longshore.events.CopiesState;
import dev.longshore.events.CopyPhase;
import dev.longshore.events.Decision;
import dev.longshore.events.DecisionState;
import dev.longshore.events.Evidence;
import dev.longshore.events.Failed;
import dev.longshore.events.ImageState;
import dev.longshore.events.Observed;
import dev.longshore.events.Origin;
import dev.longshore.events.PinState;
import dev.longshore.events.State;
import dev.longshore.events.Topic;
import dev.longshore.model.Cid;
import dev.longshore.model.ImageDag;
import dev.longshore.model.Mode;
import dev.longshore.model.ModeName;
import dev.longshore.model.PeerName;
import dev.longshore.model.RootCid;
import dev.longshore.runtime.testing.Eventually;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What was in a registry before it was mirrored, while nothing is converted but by hand. */
@Timeout(120)
class BackfillTest {
  private static final int AT_ONCE = 3;
  private static final long NOT_OF_THE_BUS = 1_000_000;

  @TempDir Path folder;
  private PolledHub hub;
  private long offset;

  @BeforeEach
  void open() throws Exception {
    hub = new PolledHub(folder, "[\"**\"]", AT_ONCE);
  }

  @AfterEach
  void close() throws Exception {
    hub.close();
  }

  @Test
  void onlySoManyImagesLeaveTheRegistryUntilTheyHaveTheirCopies() {
    push("team/app", 10);
    hub.start();
    awaitBackfill(3);

    assertThat(backfill()).extracting(Observed::origin).containsOnly(Origin.BACKFILL);
    isConverted(backfill().get(0));
    awaitFreshPush("team/fresh");
    assertThat(backfill()).as("converted alone is not enough").hasSize(3);
    hasItsCopies(backfill().get(0));
    awaitBackfill(4);
    isRefused(backfill().get(1));
    awaitBackfill(5);
  }

  @Test
  void aCopyThatNobodyCanMakeNowHoldsUpNothing() {
    push("team/app", 10);
    hub.start();
    awaitBackfill(3);

    isConverted(backfill().get(0));
    hasCopies(backfill().get(0), CopyPhase.COPYING);
    awaitFreshPush("team/fresh");
    assertThat(backfill()).hasSize(3);
    hasCopies(backfill().get(0), CopyPhase.FAILED);

    awaitBackfill(4);
  }

  @Test
  void anImageOfWhichNothingIsHeardHoldsUpNothingForEver() {
    push("team/app", 10);
    hub.start();
    awaitBackfill(3);

    hub.clock.advance(Duration.ofMinutes(11));

    awaitBackfill(6);
  }

  /** The converter gives its first version up. */
  @Test
  void anImageWhoseTagHasMovedOnHoldsUpNothing() {
    push("team/app", 10);
    hub.start();
    awaitBackfill(3);
    hub.clock.advance(Duration.ofSeconds(1));

    hub.notified("team/app", "t000", hub.push("team/app", "t000", 4711));

    awaitBackfill(4);
  }

  @Test
  void itRestsWhileSomebodyWantsItTo() {
    DecisionState rest =
        DecisionState.of(
            "rest-1",
            new Decision.Rest(PolledHub.HOST.toString()),
            "kim",
            "why",
            hub.clock.instant(),
            null);
    learn(rest);
    push("team/app", 10);
    hub.start();
    Eventually.await("its first look", () -> requests("resolve ") > 0);

    awaitFreshPush("team/fresh");
    assertThat(backfill()).isEmpty();
    learn(rest.undone(new DecisionState.Undone("kim", "done", hub.clock.instant())));

    awaitBackfill(3);
  }

  @Test
  void manyRepositoriesThatWaitDoNotKeepPollsFromWhatChanges() {
    push("team/known", 1);
    hub.start();
    awaitBackfill(1);
    isConverted(backfill().getFirst());
    hasItsCopies(backfill().getFirst());
    for (int i = 0; i < 20; i++) {
      push("team/app" + i, 5);
    }
    hub.clock.advance(Duration.ofDays(1));
    awaitBackfill(4);
    hub.push("team/known", "lost", 77);

    hub.clock.advance(Duration.ofDays(8));

    hub.awaitObserved("team/known:lost");
    assertThat(observed())
        .filteredOn(o -> o.key().endsWith("team/known:lost"))
        .extracting(Observed::origin)
        .containsExactly(Origin.POLL);
  }

  @Test
  void moreThanSomeNewTagsOfAKnownRepositoryAreBackfillToo() {
    push("team/app", 1);
    hub.start();
    awaitBackfill(1);
    isConverted(backfill().getFirst());
    hasItsCopies(backfill().getFirst());
    push("team/app", 40);

    hub.clock.advance(Duration.ofDays(1));

    Eventually.await(
        "those that count as fresh, and as many as have room", () -> observed().size() == 20);
    assertThat(observed())
        .filteredOn(observed -> observed.origin() == Origin.POLL)
        .hasSize(RepositoryComparison.FRESH);
    awaitFreshPush("team/fresh");
    assertThat(backfill()).hasSize(4);
    assertThat(requests("resolve ")).as("no tag is asked for again").isLessThan(60);
  }

  private long requests(String what) {
    return hub.registry.requests().stream().filter(r -> r.startsWith(what)).count();
  }

  /** Tags pushed without a notification. */
  private void push(String repository, int tags) {
    for (int i = 0; i < tags; i++) {
      hub.push(repository, "t%03d".formatted(i), repository.hashCode() + i);
    }
  }

  private void awaitFreshPush(String repository) {
    hub.notified(repository, "v1", hub.push(repository, "v1", 99));
    hub.awaitObserved(repository + ":v1");
  }

  private List<Observed> observed() {
    return hub.bus.read(Topic.OBSERVED, Observed.class);
  }

  private List<Observed> backfill() {
    return observed().stream().filter(o -> o.origin() == Origin.BACKFILL).toList();
  }

  private void awaitBackfill(int count) {
    Eventually.await(count + " images", () -> backfill().size() == count);
  }

  private static ImageDag dag(Observed observed) {
    return new ImageDag(cid(observed));
  }

  /** Stands for one. */
  private static Cid cid(Observed observed) {
    return Cid.stored("bafy" + observed.digest());
  }

  private void isConverted(Observed observed) {
    learn(
        new ImageState(
                observed.digest(),
                Samples.recipe(),
                ModeName.of(Mode.PLAIN),
                observed.mediaType(),
                dag(observed),
                new RootCid(cid(observed)),
                cid(observed),
                List.of("linux/amd64"),
                1,
                1,
                List.of(),
                new PeerName("a"),
                observed.name(),
                hub.clock.instant())
            .shownBy(Evidence.READ));
  }

  private void hasItsCopies(Observed observed) {
    hasCopies(observed, CopyPhase.VERIFIED);
  }

  /** One of two is verified, and the other in this phase. */
  private void hasCopies(Observed observed, CopyPhase other) {
    learn(new CopiesState(dag(observed), List.of(copy("a", CopyPhase.VERIFIED), copy("b", other))));
    learn(
        new PinState(
            dag(observed),
            2,
            List.of(),
            null,
            true,
            hub.clock.instant(),
            1,
            other == CopyPhase.VERIFIED ? 2 : 1,
            null,
            null,
            null,
            null,
            null));
  }

  private CopiesState.Copy copy(String peer, CopyPhase phase) {
    return new CopiesState.Copy(
        new PeerName(peer), phase, 1, null, null, null, hub.clock.instant());
  }

  private void isRefused(Observed observed) {
    Failed failed = Samples.failed(observed.key());
    hub.catalog
        .writer()
        .apply(
            List.of(
                new CatalogRecord(
                    Topic.FAILED,
                    0,
                    NOT_OF_THE_BUS + offset++,
                    hub.clock.instant(),
                    failed.key(),
                    null,
                    WorkFailure.of(failed))));
  }

  private void learn(State state) {
    hub.catalog
        .writer()
        .apply(
            List.of(
                new CatalogRecord(
                    Topic.of(state),
                    0,
                    NOT_OF_THE_BUS + offset++,
                    hub.clock.instant(),
                    state.key(),
                    state)));
  }
}
