package dev.longshore.watcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.catalog.CatalogRecord;
import dev.longshore.catalog.WorkFailure;
import dev.longshore.events.Decision;
import dev.longshore.events.DecisionState;
import dev.longshore.events.Hint;
import dev.longshore.events.Origin;
import dev.longshore.events.State;
import dev.longshore.events.Topic;
import dev.longshore.model.Digest;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.source.RequestBudget;
import dev.longshore.oci.testing.Fault;
import dev.longshore.oci.testing.Faults;
import dev.longshore.oci.testing.Referrers;
import dev.longshore.rules.Rules;
import dev.longshore.runtime.config.PollSettings;
import dev.longshore.runtime.config.RegistrySettings;
import dev.longshore.runtime.edge.access.ListenerSettings;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.settings.value.Listen;
import dev.longshore.testing.RandomImage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class SyncTest {
  private static final int AT_ONCE = 3;

  /** The first that is backfill. */
  private static final String FIRST = "localhost:5055/team/app:t16";

  private final WatchedHub hub = new WatchedHub();
  private final List<Hint> hints = new ArrayList<>();
  private final List<String> differences = new CopyOnWriteArrayList<>();
  private final List<String> waits = new CopyOnWriteArrayList<>();
  private final List<String> failed = new ArrayList<>();
  private IntFunction<RequestBudget> budgets = RequestBudget::perSecond;

  @AfterEach
  void close() {
    hub.catalog.close();
  }

  @Test
  void tellsWhatIsNewWhatMovedAndWhatIsGone() throws Exception {
    known("team/app", "same", 1);
    known("team/app", "moved", 2);
    push("team/app", "moved", 3);
    known("team/app", "gone", 4);
    hub.images.untag(WatchedHub.name("team/app"), "gone");
    push("team/other", "fresh", 5);
    RandomImage signature = Referrers.signatureOf(RandomImage.of(1), "signed");
    signature
        .blobs()
        .values()
        .forEach(blob -> hub.images.pushBlob(WatchedHub.name("team/app"), blob));
    signature
        .manifests()
        .forEach(
            m -> hub.images.pushManifest(WatchedHub.name("team/app"), m.mediaType(), m.body()));

    sync(null);

    assertThat(differences)
        .containsExactlyInAnyOrder(
            "MOVED localhost:5055/team/app:moved",
            "GONE localhost:5055/team/app:gone",
            "NEW localhost:5055/team/app@" + Digest.parse(signature.rootDigest()),
            "NEW localhost:5055/team/other:fresh");
    assertThat(failed).isEmpty();
  }

  @Test
  void itsHintsMakeTheDifferenceGo() throws Exception {
    known("team/app", "gone", 4);
    hub.images.untag(WatchedHub.name("team/app"), "gone");
    push("team/app", "fresh", 5);
    sync(null);
    for (Hint hint : List.copyOf(hints)) {
      hub.handle(hint);
    }
    differences.clear();

    sync(null);

    assertThat(differences).isEmpty();
  }

  @Test
  void aTagThatCameBackIsNew() throws Exception {
    known("team/app", "back", 4);
    hub.images.untag(WatchedHub.name("team/app"), "back");
    sync(null);
    hub.handle(hints.getFirst());
    differences.clear();
    push("team/app", "back", 4);

    sync(null);

    assertThat(differences).containsExactly("NEW localhost:5055/team/app:back");
  }

  @Test
  void sendsNoMoreRequestsASecondThanPollsMay() throws Exception {
    for (int i = 0; i < 100; i++) {
      push("team/app" + i, "v1", i);
    }
    AtomicLong nanos = new AtomicLong();
    budgets =
        perSecond ->
            new RequestBudget(perSecond, nanos::get, time -> nanos.addAndGet(time.toNanos()));

    sync(null);

    int requests = hub.images.requests().size();
    assertThat(requests).isGreaterThan(200);
    assertThat(Duration.ofNanos(nanos.get()))
        .as("time of %d requests, at a thousand a second", requests)
        .isGreaterThanOrEqualTo(Duration.ofMillis(requests - 1));
  }

  @Test
  void asksForNoOtherRepositoryThanTheNamed() throws Exception {
    push("team/app", "v1", 1);
    push("elsewhere/app", "v1", 2);

    sync("elsewhere/app");

    assertThat(differences).containsExactly("NEW localhost:5055/elsewhere/app:v1");
    assertThat(hub.images.requests())
        .noneMatch(r -> r.startsWith("catalog") || r.contains("team/app"));
  }

  @Test
  void aRepositoryThatIsRefusedHidesNoOtherAndLeavesNoHint() throws Exception {
    push("team/app", "v1", 1);
    push("team/refused", "v1", 2);
    hub.images.refuse(WatchedHub.name("team/refused"), new Fault.Status(403));

    sync(null);

    assertThat(differences).containsExactly("NEW localhost:5055/team/app:v1");
    assertThat(failed).singleElement().asString().contains("team/refused", "403");
    assertThat(hints).hasSize(1);
  }

  @Test
  void aRepositoryThatIsNotThereIsAFailure() throws Exception {
    sync("team/absent");

    assertThat(failed).singleElement().asString().contains("team/absent");
    assertThat(hints).isEmpty();
  }

  @Test
  void aRegistryThatIsAwayEndsIt() {
    push("team/app", "v1", 1);
    hub.images.faults().always(Faults.ANY, new Fault.Status(503));

    assertThatThrownBy(() -> sync(null))
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining("503");
  }

  @Test
  @Timeout(120)
  void saysWhatItWaitsForWhileNothingIsConverted() throws Exception {
    pushMany();
    Thread thread = syncsUntilItIsInterrupted();
    Eventually.await(
        "those that count as fresh, and as many as have room",
        () -> differences.size() == RepositoryComparison.FRESH + AT_ONCE);

    hub.clock.advance(Backfill.TELL_AGAIN);
    Eventually.await("word of the wait", () -> waits.size() == 1);
    learn(
        Topic.RETRY,
        FIRST,
        null,
        new WorkFailure(
            FIRST,
            "convert",
            WorkFailure.Kind.TRANSIENT,
            WorkFailure.TRANSIENT,
            "kubo a",
            "kubo a: connection refused",
            1,
            hub.clock.instant(),
            null));
    hub.clock.advance(Backfill.TELL_AGAIN);
    Eventually.await("word of the wait", () -> waits.size() == 2);

    String so =
        "waiting: 3 images of localhost:5055 are under way, 3 of them not converted; for the"
            + " longest time "
            + FIRST;
    assertThat(waits).containsExactly(so + ", 5 s", so + ", 10 s: kubo a: connection refused");
    thread.interrupt();
    thread.join();
  }

  @Test
  @Timeout(120)
  void saysThatItWaitsForABackfillThatRests() throws Exception {
    DecisionState rest =
        DecisionState.of(
            "rest-1", new Decision.Rest(WatchedHub.HOST), "kim", "why", hub.clock.instant(), null);
    learn(Topic.of(rest), rest.key(), rest, null);
    pushMany();
    Thread thread = syncsUntilItIsInterrupted();
    Eventually.await(
        "those that count as fresh", () -> differences.size() == RepositoryComparison.FRESH);

    hub.clock.advance(Backfill.TELL_AGAIN);
    Eventually.await("word of the wait", () -> waits.size() == 1);

    assertThat(waits)
        .containsExactly(
            "waiting: the backfill of localhost:5055 rests; 'longshore backfill resume"
                + " localhost:5055' lets it go on");
    thread.interrupt();
    thread.join();
  }

  /** The converter would have its budget, its pause and its share for what was there before. */
  @Test
  @Timeout(120)
  void whatDoesNotCountAsFreshIsBackfillForTheServicesToo() throws Exception {
    pushMany();
    Thread thread = syncsUntilItIsInterrupted();
    Eventually.await(
        "as many as have room", () -> differences.size() == RepositoryComparison.FRESH + AT_ONCE);
    thread.interrupt();
    thread.join();
    assertThat(hints.subList(0, RepositoryComparison.FRESH))
        .extracting(Hint::origin)
        .containsOnly(Origin.SYNC);
    assertThat(hints.subList(RepositoryComparison.FRESH, hints.size()))
        .extracting(Hint::origin)
        .containsOnly(Origin.BACKFILL);
  }

  @Test
  @Timeout(120)
  void aRegistryOfManySmallRepositoriesDoesNotComeAsFreshAsAWhole() throws Exception {
    for (int i = 0; i < Backfill.FRESH + AT_ONCE + 1; i++) {
      push("team/app%03d".formatted(i), "v1", i);
    }
    Thread thread = syncsUntilItIsInterrupted();
    Eventually.await("as many as have room", () -> differences.size() == Backfill.FRESH + AT_ONCE);
    thread.interrupt();
    thread.join();
    assertThat(hints)
        .filteredOn(hint -> hint.origin() == Origin.SYNC)
        .as("those reported as fresh")
        .hasSize(Backfill.FRESH);
  }

  /** More than count as fresh and have room. */
  private void pushMany() {
    for (int i = 0; i < RepositoryComparison.FRESH + AT_ONCE + 1; i++) {
      push("team/app", "t%02d".formatted(i), i);
    }
  }

  private Thread syncsUntilItIsInterrupted() {
    return Thread.ofVirtual()
        .start(
            () ->
                assertThatThrownBy(() -> sync(null))
                    .isInstanceOfAny(InterruptedException.class, RegistryException.class));
  }

  private void learn(
      Topic topic, String key, @Nullable State state, @Nullable WorkFailure trouble) {
    hub.catalog
        .writer()
        .apply(
            List.of(
                new CatalogRecord(topic, 0, 1_000_000, hub.clock.instant(), key, state, trouble)));
  }

  private void sync(@Nullable String repository) throws Exception {
    hints.clear();
    new Sync(
            new RegistrySettings(
                "dev",
                WatchedHub.HOST,
                null,
                true,
                List.of(),
                null,
                new PollSettings(Duration.ofMinutes(5), List.of("team/*"), 1_000, AT_ONCE)),
            repository,
            hub.images,
            budgets,
            hub.catalog,
            new Rules(List.of()),
            new WatcherSettings(ListenerSettings.open(new Listen("127.0.0.1", 0)), false),
            hints::add,
            difference -> differences.add(difference.change() + " " + difference.reference()),
            false,
            hub.clock)
        .run(
            _ -> {},
            wait -> waits.add(wait.text()),
            failure -> failed.add(failure.repository() + ": " + failure.error()));
  }

  private void known(String repository, String tag, long seed) throws Exception {
    hub.pushed(repository, push(repository, tag, seed).digest(), tag);
  }

  private Descriptor push(String repository, String tag, long seed) {
    return hub.images.push(WatchedHub.name(repository), tag, RandomImage.of(seed));
  }
}
