package dev.longshore.app.decision;

import static dev.longshore.catalog.testing.Samples.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.app.query.DrainPlan;
import dev.longshore.app.query.Guards;
import dev.longshore.app.query.find.QueryException;
import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.CopiesOfPeer;
import dev.longshore.catalog.testing.RecordLog;
import dev.longshore.events.CopiesState;
import dev.longshore.events.CopyPhase;
import dev.longshore.events.Decision;
import dev.longshore.events.DecisionState;
import dev.longshore.events.PeerPhase;
import dev.longshore.events.PeerState;
import dev.longshore.events.PinPhase;
import dev.longshore.events.PinState;
import dev.longshore.events.State;
import dev.longshore.model.Cid;
import dev.longshore.model.ImageDag;
import dev.longshore.model.PeerName;
import dev.longshore.runtime.config.PeerPlace;
import dev.longshore.runtime.config.PeerSettings;
import dev.longshore.runtime.config.PeersAndRules;
import dev.longshore.testing.ManualClock;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is decided of peers, and what that would move, over a catalog in memory. */
class PeerDecidingTest {
  private static final List<PeerName> KEEPERS =
      Stream.of("a", "b", "c", "d").map(PeerName::new).toList();

  private final RecordLog log = new RecordLog();
  private final ManualClock clock = new ManualClock(NOW);
  private final Catalog catalog = Catalog.inMemory(clock);

  @AfterEach
  void close() {
    catalog.close();
  }

  @Test
  void onlyAPeerThatKeepsCopiesDrainsAndOnlyOnce() throws Exception {
    assertThatThrownBy(() -> deciding().drain("ingest", null, "old"))
        .hasMessage("peer: ingest (expected: one of peers that keeps copies: a, b, c, d)");
    assertThatThrownBy(() -> deciding().drain("a", "a", "old"))
        .hasMessage("peer a cannot take its own place");

    DecisionState decision = deciding().drain("a", "d", "old");
    assertThat(decision.decision())
        .contains(new Decision.Drain(new PeerName("a"), new PeerName("d")));
    put(decision);

    assertThatThrownBy(() -> deciding().drain("a", null, "old"))
        .hasMessageContaining("drains already");
  }

  @Test
  void aHoldEndsByItselfOrWhenItIsTakenBack() throws Exception {
    put(deciding().hold("a", Duration.ofHours(4), "a new disk"));
    assertThatThrownBy(() -> deciding().hold("a", null, "again")).hasMessageContaining("already");

    List<DecisionState> undone = deciding().unhold("a", "done");
    assertThat(undone).singleElement().returns(2, DecisionState::version);
    put(undone.getFirst());
    assertThatThrownBy(() -> deciding().unhold("a", "done"))
        .hasMessage("peer a is not on hold; nothing is taken back");

    put(deciding().hold("b", Duration.ofHours(4), "a new disk"));
    clock.advance(Duration.ofHours(5));
    put(deciding().hold("b", null, "another disk"));
  }

  @Test
  void aDrainWithoutASpareSaysWhatItNeeds() throws Exception {
    put(copies(1, 3, "a", "b", "c"), pin(1, 3), copies(2, 4, "a", "b", "c", "d"), pin(2, 4));
    put(copies(3, 2, "b", "c"), pin(3, 2));

    DrainPlan plan = drain();

    assertThat(plan).isEqualTo(new DrainPlan(2, 2_000_000, 1, 3, 4));
    assertThat(plan.words(new PeerName("a")))
        .isEqualTo(
            "2 copies (2.0 MB) move from a, but 1 stay: their images want up to 4 copies, and 3"
                + " other peers may have one; add 1");
  }

  /** As many as it takes, of which a rule allows one. */
  @Test
  void aDrainWhoseSparesNoRuleAllowsSaysThatItNeedsTheirLabels() {
    assertThat(new DrainPlan(2, 2_000_000, 1, 3, 3).words(new PeerName("a")))
        .isEqualTo(
            "2 copies (2.0 MB) move from a, but 1 stay: of 3 other peers their rules allow too few;"
                + " add one with the labels that they require");
    assertThat(new DrainPlan(2, 2_000_000, 0, 1, 3).words(new PeerName("a")))
        .isEqualTo("2 copies (2.0 MB) move from a");
  }

  @Test
  void peersOnHoldLostOrDrainingTakeNothingOfADrainedOne() throws Exception {
    put(copies(1, 2, "a", "b"), pin(1, 2));
    put(deciding().hold("b", null, "x"), deciding().drain("c", null, "x"), lost("d", 0));

    assertThat(drain()).isEqualTo(new DrainPlan(1, 1_000_000, 1, 0, 2));
  }

  @Test
  void aFullPeerTakesNothingOfADrainedOneAndOneThatIsAwayMayBeBack() throws Exception {
    put(copies(1, 3, "a", "b", "c"), pin(1, 3), peer("d", PeerPhase.AWAY, 0));
    assertThat(drain().isPossible()).isTrue();

    put(full("d"));

    assertThat(drain()).isEqualTo(new DrainPlan(1, 1_000_000, 1, 2, 3));
  }

  @Test
  void aPeersCopiesAreCounted() {
    put(copies(1, 3, "a", "b", "c"), copies(2, 2, "a", "b"));

    assertThat(catalog.copies().byPeer())
        .hasSize(3)
        .containsEntry(new PeerName("a"), new CopiesOfPeer(2, 2_000_000))
        .containsEntry(new PeerName("c"), new CopiesOfPeer(1, 1_000_000));
  }

  @Test
  void aGuardStandsWhileItsPeersAreLostAndSaysWhatItHolds() {
    put(copies(1, 2, "a", "b"), pin(1, 2), copies(2, 2, "c", "d"), pin(2, 2));
    put(lost("a", 10));
    assertThat(Guards.of(catalog, KEEPERS)).isEmpty();
    put(lost("b", 5));

    Guards.Standing standing = Guards.of(catalog, KEEPERS).getFirst();
    assertThat(standing.images()).isEqualTo(1);
    assertThat(standing.confirmed()).isFalse();

    put(
        DecisionState.of(
            "confirm-1",
            new Decision.Confirm(standing.guard().id(), 2),
            "ann",
            "both burnt",
            NOW,
            null));
    assertThat(Guards.of(catalog, KEEPERS).getFirst().confirmed()).isTrue();
    put(lost("c", 20));
    assertThat(Guards.of(catalog, KEEPERS).getFirst().confirmed()).isFalse();
    put(up("b"), up("c"));
    assertThat(Guards.of(catalog, KEEPERS)).isEmpty();
  }

  /** What the draining of peer a would move. */
  private DrainPlan drain() throws QueryException {
    return DrainPlan.of(
        catalog, new PeersAndRules(peers(), List.of()), deciding().drain("a", null, "old"), clock);
  }

  private PeerDeciding deciding() {
    return new PeerDeciding(catalog.decisions(), peers(), clock, "ann");
  }

  private static List<PeerSettings> peers() {
    return Stream.concat(
            Stream.of(settings("ingest", false)),
            KEEPERS.stream().map(peer -> settings(peer.text(), true)))
        .toList();
  }

  private static PeerSettings settings(String name, boolean keeps) {
    return new PeerSettings(
        name,
        PeerPlace.of("default"),
        URI.create("http://127.0.0.1:1"),
        URI.create("http://127.0.0.1:2"),
        List.of(),
        null,
        keeps,
        false,
        null,
        false);
  }

  /** That of the samples is no CID, and no step moves its copies. */
  private static ImageDag dag(int number) {
    byte[] sha256 = new byte[32];
    sha256[0] = (byte) number;
    return new ImageDag(Cid.raw(sha256));
  }

  private static CopiesState copies(int dag, int wanted, String... peers) {
    return new CopiesState(
        dag(dag),
        Stream.of(peers)
            .limit(wanted)
            .map(
                peer ->
                    new CopiesState.Copy(
                        new PeerName(peer), CopyPhase.VERIFIED, 1_000_000, null, null, null, NOW))
            .toList());
  }

  private static PinState pin(int dag, int wanted) {
    return new PinState(
        dag(dag), wanted, List.of(), null, true, NOW, 1, wanted, NOW, NOW, NOW, PinPhase.KEPT, NOW);
  }

  private static PeerState lost(String name, int after) {
    return peer(name, PeerPhase.LOST, after);
  }

  private static PeerState up(String name) {
    return peer(name, PeerPhase.UP, 30);
  }

  private static PeerState full(String name) {
    return peer(name, PeerPhase.UP, 0, NOW);
  }

  private static PeerState peer(String name, PeerPhase phase, int after) {
    return peer(name, phase, after, null);
  }

  private static PeerState peer(
      String name, PeerPhase phase, int after, @Nullable Instant fullSince) {
    return new PeerState(
        new PeerName(name),
        null,
        List.of(),
        "default",
        phase,
        NOW.plusSeconds(after),
        fullSince,
        null,
        null,
        null,
        null,
        null,
        null);
  }

  private void put(State... states) {
    catalog.writer().apply(Stream.of(states).map(log::put).toList());
  }
}
