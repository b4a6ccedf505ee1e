package dev.longshore.pinner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.Decision;
import dev.longshore.events.DecisionState;
import dev.longshore.events.PeerPhase;
import dev.longshore.events.PeerState;
import dev.longshore.events.Topic;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.model.Cid;
import dev.longshore.model.ImageDag;
import dev.longshore.model.PeerName;
import dev.longshore.rules.LossGuard;
import dev.longshore.runtime.config.PeerPlace;
import dev.longshore.runtime.testing.Eventually;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of copies on peers that an operator decided on. */
@Timeout(60)
class DecidedPeersTest {
  @Test
  void copiesMoveToOthersBeforeTheyGo() throws Exception {
    try (KeptBed bed = new KeptBed("a", "b", "c")) {
      List<Cid> dags = twelve(bed, 2);
      bed.round();

      decide(bed, drain("a", null));
      bed.rounds(Duration.ofMinutes(3));

      for (Cid dag : dags) {
        bed.awaitCopies(dag, "b", "c");
        Eventually.await("no pin", () -> !bed.node("a").pinned().containsKey(dag));
      }
      PeerState peer = bed.catalog.peers().of(new PeerName("a")).orElseThrow();
      assertThat(peer.drainingSince()).isNotNull();
    }
  }

  @Test
  void withoutASpareEveryCopyStays() throws Exception {
    try (KeptBed bed = new KeptBed("a", "b", "c")) {
      Cid dag = bed.image("one", 3);
      bed.round();

      decide(bed, drain("a", null));
      bed.rounds(Duration.ofMinutes(3));

      bed.awaitCopies(dag, "a", "b", "c");
    }
  }

  @Test
  void aCopyStaysUntilTheOthersSayThatTheyHaveIt() throws Exception {
    try (KeptBed bed = new KeptBed("a", "b", "c")) {
      Cid dag = bed.image("one", 2);
      String[] holders = bed.verified(dag).toArray(String[]::new);
      String drained = holders[0];
      String other = holders[1];
      bed.round();
      List<Long> others = new CopyOnWriteArrayList<>();
      bed.before(
          "unpin",
          drained,
          () ->
              others.add(
                  Stream.of("a", "b", "c")
                      .filter(peer -> !peer.equals(drained))
                      .filter(peer -> bed.node(peer).pinned().containsKey(dag))
                      .count()));
      String third = "abc".replace(drained, "").replace(other, "");
      bed.before("pin", third, () -> unpin(bed, other, dag));
      bed.round();

      decide(bed, drain(drained, null));
      bed.rounds(Duration.ofMinutes(3));

      Eventually.inRounds(
          "two copies elsewhere",
          () -> {
            bed.round();
            List<String> verified = bed.verified(dag);
            return verified.size() == 2
                && !verified.contains(drained)
                && verified.stream().allMatch(peer -> bed.node(peer).pinned().containsKey(dag))
                && !bed.node(drained).pinned().containsKey(dag);
          });
      assertThat(others).isNotEmpty().allMatch(count -> count == 2);
    }
  }

  @Test
  void aCopyCountsWhileThoseThatAreToReplaceItDoNotAnswer() throws Exception {
    try (KeptBed bed = new KeptBed("a", "b", "c")) {
      Cid dag = bed.image("one", 2);
      String drained = bed.verified(dag).getFirst();
      String other = bed.verified(dag).getLast();
      bed.round();
      bed.node(other).trouble().goDown();
      bed.rounds(Duration.ofMinutes(1));

      decide(bed, drain(drained, null));
      bed.rounds(Duration.ofMinutes(5));
      Eventually.await("three", () -> bed.verified(dag).size() == 3);
      int written = bed.written(Topic.COPIES);
      bed.rounds(Duration.ofMinutes(5));

      bed.awaitCopies(dag, "a", "b", "c");
      assertThat(bed.written(Topic.COPIES)).isEqualTo(written);
      bed.node(other).trouble().clear();
      bed.rounds(Duration.ofMinutes(20));
      Eventually.await("moved", () -> !bed.verified(dag).contains(drained));
      assertThat(bed.verified(dag)).hasSize(2);
    }
  }

  @Test
  void theReplacementGetsWhatMoves() throws Exception {
    try (KeptBed bed = new KeptBed("a", "b", "c", "d", "e", "f")) {
      List<Cid> dags = twelve(bed, 2);
      bed.round();
      List<Cid> moved = dags.stream().filter(dag -> bed.verified(dag).contains("a")).toList();
      List<Cid> there = dags.stream().filter(dag -> bed.verified(dag).contains("f")).toList();

      decide(bed, drain("a", "f"));
      bed.rounds(Duration.ofMinutes(3));

      for (Cid dag : moved) {
        Eventually.await("moved", () -> !bed.verified(dag).contains("a"));
        assertThat(bed.verified(dag)).hasSize(2);
        if (!there.contains(dag)) {
          assertThat(bed.verified(dag)).contains("f");
        }
      }
    }
  }

  @Test
  void aReplacementGetsNothingThatTheRulesWantElsewhere() throws Exception {
    Map<String, PeerPlace> places =
        Map.of(
            "a", PeerPlace.of("x"),
            "b", PeerPlace.of("y"),
            "c", PeerPlace.of("x"),
            "d", PeerPlace.of("y"));
    try (KeptBed bed = new KeptBed(List.of(), places)) {
      List<Cid> dags = twelve(bed, 2);
      bed.round();
      List<Cid> moved = dags.stream().filter(dag -> bed.verified(dag).contains("a")).toList();

      decide(bed, drain("a", "d"));
      bed.rounds(Duration.ofMinutes(3));

      assertThat(moved).isNotEmpty();
      for (Cid dag : moved) {
        Eventually.await("moved within its zone", () -> !bed.verified(dag).contains("a"));
        assertThat(bed.verified(dag)).hasSize(2).contains("c");
      }
    }
  }

  @Test
  void anUndoneDrainLetsCopiesStay() throws Exception {
    try (KeptBed bed = new KeptBed("a", "b", "c")) {
      Cid dag = bed.image("one", 3);
      bed.round();
      DecisionState drain = drain("a", null);
      decide(bed, drain);
      bed.rounds(Duration.ofMinutes(2));

      decide(bed, undone(drain, bed.clock.instant()));
      bed.rounds(Duration.ofMinutes(2));

      bed.awaitCopies(dag, "a", "b", "c");
      assertThat(bed.catalog.peers().of(new PeerName("a")).orElseThrow().drainingSince()).isNull();
    }
  }

  @Test
  void aPeerOnHoldKeepsItsCopiesAndGetsNone() throws Exception {
    try (KeptBed bed = new KeptBed("a", "b", "c")) {
      Cid before = bed.image("before", 3);
      Instant hour = bed.clock.instant().plus(Duration.ofHours(1));
      decide(
          bed,
          DecisionState.of(
              "hold-a",
              new Decision.Hold(new PeerName("a"), null),
              "ann",
              "a new disk",
              bed.clock.instant(),
              hour));
      bed.rounds(Duration.ofMinutes(2));

      Cid pushed = bed.pushed("after", 3);
      Eventually.await("two copies", () -> bed.verified(pushed).size() == 2);
      bed.rounds(Duration.ofMinutes(2));
      bed.awaitCopies(pushed, "b", "c");
      bed.awaitCopies(before, "a", "b", "c");

      bed.rounds(Duration.ofHours(1));
      bed.awaitCopies(pushed, "a", "b", "c");
      assertThat(bed.catalog.pins().of(new ImageDag(pushed)).orElseThrow().isFinished()).isTrue();
    }
  }

  @Test
  void aConfirmedGuardLetsTheRepairOfManyLostPeersGo() throws Exception {
    try (KeptBed bed = new KeptBed("a", "b", "c", "d", "e")) {
      List<Cid> dags = twelve(bed, 3);
      bed.round();
      bed.node("a").trouble().goDown();
      bed.node("b").trouble().goDown();
      bed.rounds(KeptBed.LOST_AFTER.plusMinutes(5));
      assertThat(dags).anyMatch(dag -> bed.verified(dag).contains("a"));

      LossGuard guard = guard(bed);
      decide(bed, confirm(guard, 1));
      bed.rounds(Duration.ofMinutes(3));
      assertThat(dags).anyMatch(dag -> bed.verified(dag).contains("a"));
      decide(bed, confirm(guard, 2));
      bed.rounds(Duration.ofMinutes(3));

      for (Cid dag : dags) {
        bed.awaitCopies(dag, "c", "d", "e");
      }
    }
  }

  /** Each pinner meets all peers, and repairs its half of the images. */
  @Test
  void twoPinnersGuardTheLossOfSeveralPeersAsOneAlsoIfOneIsMissedLater() throws Exception {
    try (KeptBed bed = new KeptBed("a", "b", "c", "d", "e")) {
      bed.addPinner();
      List<Cid> dags = twelve(bed, 3);
      bed.round();
      List<List<String>> before = dags.stream().map(bed::verified).toList();
      bed.node("a").trouble().goDown();
      bed.rounds(Duration.ofMinutes(1));
      bed.node("b").trouble().goDown();

      bed.rounds(KeptBed.LOST_AFTER.plusMinutes(5));

      // Those that are down to one copy are repaired, by whichever has them.
      for (int i = 0; i < dags.size(); i++) {
        List<String> had = before.get(i);
        boolean isLast = had.containsAll(List.of("a", "b"));
        assertThat(bed.verified(dags.get(i)).equals(had)).as("on %s", had).isEqualTo(!isLast);
      }
      assertThat(before).anyMatch(had -> had.contains("a") != had.contains("b"));
      assertThat(guard(bed).peers()).extracting(PeerName::text).containsExactlyInAnyOrder("a", "b");

      decide(bed, confirm(guard(bed), 2));
      bed.rounds(Duration.ofMinutes(3));
      for (Cid dag : dags) {
        bed.awaitCopies(dag, "c", "d", "e");
      }
    }
  }

  private static LossGuard guard(KeptBed bed) {
    return LossGuard.of(
            bed.catalog.peers().all().stream()
                .filter(peer -> peer.state() == PeerPhase.LOST)
                .collect(Collectors.toMap(PeerState::peer, PeerState::stateSince)),
            5)
        .orElseThrow();
  }

  private static void unpin(KeptBed bed, String peer, Cid dag) {
    try {
      bed.node(peer).unpin(dag, PinBed.OURS, KeptBed.soon());
    } catch (KuboException e) {
      throw new IllegalStateException(e);
    }
  }

  private static DecisionState confirm(LossGuard guard, int count) {
    return DecisionState.of(
        "confirm-" + count,
        new Decision.Confirm(guard.id(), count),
        "ann",
        "both burnt",
        Instant.parse("2026-01-01T00:00:00Z"),
        null);
  }

  private static List<Cid> twelve(KeptBed bed, int copies) throws IOException {
    List<String> contents = IntStream.range(0, 12).mapToObj(i -> "image " + i).toList();
    return new ArrayList<>(bed.images(contents, copies));
  }

  private static DecisionState drain(String peer, @Nullable String to) {
    return DecisionState.of(
        "drain-" + peer,
        new Decision.Drain(new PeerName(peer), to == null ? null : new PeerName(to)),
        "ann",
        "its disk is old",
        Instant.parse("2026-01-01T00:00:00Z"),
        null);
  }

  private static DecisionState undone(DecisionState decision, Instant at) {
    return decision.undone(new DecisionState.Undone("ann", "it was another", at));
  }

  private static void decide(KeptBed bed, DecisionState decision) {
    bed.learn(Topic.DECISIONS, decision);
  }
}
