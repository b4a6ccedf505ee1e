package dev.longshore.pinner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.PeerPhase;
import dev.longshore.events.PeerState;
import dev.longshore.ipfs.node.PinProgress;
import dev.longshore.ipfs.testing.InMemoryIpfsNode;
import dev.longshore.ipfs.unixfs.UnixFsFileBuilder;
import dev.longshore.model.Cid;
import dev.longshore.model.PeerName;
import dev.longshore.runtime.testing.Eventually;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is recorded of peers, by the pinner's own rounds. */
@Timeout(60)
class PeerRecordsTest {
  @Test
  void sayWhoAPeerIsAndSinceWhenItIsUpAwayAndLost() throws Exception {
    try (KeptBed bed = new KeptBed("a", "b")) {
      bed.round();
      PeerState up = await(bed, "a", PeerPhase.UP);
      assertThat(up.peerId()).isEqualTo("12D3KooWa");
      assertThat(up.zone()).isEqualTo("default");
      assertThat(up.addresses()).isNotEmpty().noneMatch(address -> address.contains("/p2p/"));

      bed.node("a").trouble().goDown();
      bed.round();
      Instant gone = bed.clock.instant();
      assertThat(await(bed, "a", PeerPhase.AWAY).stateSince()).isEqualTo(gone);
      bed.rounds(KeptBed.LOST_AFTER);
      PeerState lost = await(bed, "a", PeerPhase.LOST);
      assertThat(lost.stateSince()).as("when it went away").isEqualTo(gone);
      assertThat(lost.peerId()).as("who it was").isEqualTo("12D3KooWa");

      bed.node("a").trouble().clear();
      bed.rounds(Duration.ofMinutes(2));
      assertThat(await(bed, "a", PeerPhase.UP).stateSince()).isAfter(lost.stateSince());
    }
  }

  @Test
  void sayWhatThePeerMayStillStoreOnceThatWasLookedAt() throws Exception {
    try (KeptBed bed = new KeptBed("a", "b")) {
      bed.node("a").trouble().setStorageMax(100_000);
      bed.image("one", 2);
      Eventually.inRounds(
          "its space",
          () -> {
            bed.round();
            return bed.catalog
                .peers()
                .of(new PeerName("a"))
                .filter(peer -> Long.valueOf(100_000).equals(peer.totalBytes()))
                .isPresent();
          });
      PeerState peer = bed.catalog.peers().of(new PeerName("a")).orElseThrow();
      assertThat(peer.freeBytes()).isNotNull().isLessThanOrEqualTo(100_000);
      assertThat(bed.catalog.peers().of(new PeerName("b")).orElseThrow().totalBytes())
          .as("it has no limit")
          .isNull();
    }
  }

  /** What changes often is recorded at most every five minutes. */
  @Test
  void sayTheSpaceAtOnceThoughSomethingElseWasRecordedBefore() throws Exception {
    try (KeptBed bed = new KeptBed("a")) {
      InMemoryIpfsNode node = bed.node("a");
      node.trouble().setStorageMax(100_000);
      Cid[] unknown = new Cid[1];
      node.importCar(
          sink -> unknown[0] = UnixFsFileBuilder.build(new byte[] {1}, sink).cid(), KeptBed.soon());
      node.pin(
          unknown[0],
          "longshore:default:copy",
          KeptBed.LOST_AFTER,
          KeptBed.soon(),
          PinProgress.NONE);
      awaitInRounds(bed, peer -> peer.unknownPins() != null);
      assertThat(state(bed, "a").freeBytes()).as("nobody asked for it").isNull();
      Instant recorded = bed.clock.instant();

      bed.image("one", 1);
      awaitInRounds(bed, peer -> peer.freeBytes() != null);

      assertThat(Duration.between(recorded, bed.clock.instant())).isLessThan(PeerRecords.SELDOM);
    }
  }

  private static void awaitInRounds(KeptBed bed, Predicate<PeerState> expected) {
    Eventually.inRounds(
        "the record",
        () -> {
          bed.round();
          return bed.catalog.peers().of(new PeerName("a")).filter(expected).isPresent();
        });
  }

  private static PeerState state(KeptBed bed, String peer) {
    return bed.catalog.peers().of(new PeerName(peer)).orElseThrow();
  }

  @Test
  void areWrittenOnlyWhenSomethingChanged() throws Exception {
    try (KeptBed bed = new KeptBed("a", "b")) {
      bed.round();
      await(bed, "a", PeerPhase.UP);
      await(bed, "b", PeerPhase.UP);
      List<String> written = new ArrayList<>();
      try (var _ = bed.catalog.onChange(record -> written.add(record.key()))) {
        bed.rounds(Duration.ofMinutes(10));
      }
      assertThat(written).isEmpty();
    }
  }

  @Test
  void aPeerThatWasAwayBeforeThePinnerWasRestartedIsLostNoLater() throws Exception {
    try (KeptBed bed = new KeptBed("a", "b", "c", "d")) {
      Cid dag = bed.image("one", 3);
      String lost = bed.verified(dag).getFirst();
      bed.round();
      bed.node(lost).trouble().goDown();
      bed.rounds(KeptBed.LOST_AFTER.minusMinutes(10));
      await(bed, lost, PeerPhase.AWAY);
      bed.restart("a", "b", "c", "d");
      bed.rounds(Duration.ofMinutes(8));
      assertThat(bed.verified(dag)).as("not yet").contains(lost);

      bed.rounds(Duration.ofMinutes(4));

      List<String> others = new ArrayList<>(List.of("a", "b", "c", "d"));
      others.remove(lost);
      bed.awaitCopies(dag, others.toArray(String[]::new));
    }
  }

  @Test
  void aPeerThatIsBackWhenThePinnerIsRestartedLongAfterHasItsCopies() throws Exception {
    try (KeptBed bed = new KeptBed("a", "b", "c", "d")) {
      Cid dag = bed.image("one", 3);
      List<String> first = bed.verified(dag);
      bed.round();
      bed.node(first.getFirst()).trouble().goDown();
      bed.rounds(Duration.ofMinutes(1));
      await(bed, first.getFirst(), PeerPhase.AWAY);
      bed.clock.advance(KeptBed.LOST_AFTER.multipliedBy(2));
      bed.node(first.getFirst()).trouble().clear();
      bed.restart("a", "b", "c", "d");

      bed.rounds(Duration.ofMinutes(10));

      await(bed, first.getFirst(), PeerPhase.UP);
      assertThat(bed.verified(dag)).isEqualTo(first);
      assertThat(bed.nudged).as("what the step was asked for").isEmpty();
    }
  }

  @Test
  void aPeerThatStartsMoreSlowlyThanThePinnerHasItsCopies() throws Exception {
    try (KeptBed bed = new KeptBed("a", "b", "c", "d")) {
      Cid dag = bed.image("one", 3);
      List<String> first = bed.verified(dag);
      bed.round();
      bed.node(first.getFirst()).trouble().goDown();
      bed.rounds(Duration.ofMinutes(1));
      await(bed, first.getFirst(), PeerPhase.AWAY);
      bed.clock.advance(KeptBed.LOST_AFTER.multipliedBy(2));
      bed.restart("a", "b", "c", "d");
      bed.rounds(Duration.ofMinutes(1));
      bed.node(first.getFirst()).trouble().clear();

      bed.rounds(Duration.ofMinutes(10));

      assertThat(bed.verified(dag)).isEqualTo(first);
    }
  }

  private static PeerState await(KeptBed bed, String name, PeerPhase phase) {
    Eventually.await(
        name + " " + phase,
        () ->
            bed.catalog
                .peers()
                .of(new PeerName(name))
                .map(PeerState::state)
                .equals(Optional.of(phase)));
    return bed.catalog.peers().of(new PeerName(name)).orElseThrow();
  }
}
