package dev.longshore.pinner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.events.PeerPhase;
import dev.longshore.events.PeerState;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.node.Fault;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.ipfs.testing.InMemoryIpfsNode;
import dev.longshore.model.Cid;
import dev.longshore.model.PeerName;
import dev.longshore.runtime.config.PeerPlace;
import dev.longshore.runtime.config.PeerSettings;
import dev.longshore.runtime.service.endpoint.EndpointStatus;
import dev.longshore.runtime.testing.Eventually;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a pinner does when its peers and rules change while it runs. */
@Timeout(60)
class ChangedSettingsTest {
  @Test
  void aPeerThatJoinsIsRecordedAndGetsTheCopiesThatAreMissing() throws Exception {
    try (KeptBed bed = new KeptBed("a", "b", "c")) {
      bed.restart("a", "b");
      Cid dag = bed.pushed("one", 3);
      bed.awaitCopies(dag, "a", "b");

      bed.configure("a", "b", "c");
      bed.rounds(Duration.ofMinutes(1));

      bed.awaitCopies(dag, "a", "b", "c");
      assertThat(bed.catalog.peers().of(new PeerName("c")))
          .hasValueSatisfying(
              peer -> {
                assertThat(peer.state()).isEqualTo(PeerPhase.UP);
                assertThat(peer.peerId()).isNotNull();
              });
    }
  }

  /** A list that was cut off, or put in place too early, stands for a while. */
  @Test
  void aPeerThatIsMissingForAWhileIsNoReasonForCopies() throws Exception {
    try (KeptBed bed = new KeptBed("a", "b", "c", "d")) {
      Cid dag = bed.image("one", 3);
      bed.round();
      List<String> before = bed.verified(dag);

      bed.configure(without(before.getFirst()));
      bed.rounds(KeptBed.LOST_AFTER.minusMinutes(2));
      assertThat(bed.verified(dag)).isEqualTo(before);
      bed.configure("a", "b", "c", "d");
      bed.rounds(KeptBed.LOST_AFTER);

      assertThat(bed.verified(dag)).isEqualTo(before);
      assertThat(List.of("a", "b", "c", "d"))
          .filteredOn(name -> bed.node(name).pinned().containsKey(dag))
          .containsExactlyInAnyOrderElementsOf(before);
    }
  }

  @Test
  void copiesOfAPeerThatLeftForLongAreMadeElsewhereAndItKeepsItsPins() throws Exception {
    try (KeptBed bed = new KeptBed("a", "b", "c", "d")) {
      Cid dag = bed.image("one", 3);
      bed.round();
      String gone = bed.verified(dag).getFirst();

      bed.configure(without(gone));
      bed.rounds(KeptBed.LOST_AFTER.plusMinutes(2));

      bed.awaitCopies(dag, without(gone));
      assertThat(bed.node(gone).pinned()).containsKey(dag);
    }
  }

  @Test
  void copiesOfAPeerThatIsPutBackCountAgain() throws Exception {
    try (KeptBed bed = new KeptBed("a", "b", "c")) {
      Cid dag = bed.image("one", 3);
      bed.round();
      bed.configure("a", "b");
      bed.rounds(KeptBed.LOST_AFTER.plusMinutes(2));
      bed.awaitCopies(dag, "a", "b");

      bed.configure("a", "b", "c");
      bed.rounds(Duration.ofMinutes(1));

      bed.awaitCopies(dag, "a", "b", "c");
    }
  }

  @Test
  void aPeerThatLeftWhileItWasAwayIsPausedNoLonger() throws Exception {
    try (KeptBed bed = new KeptBed("a", "b", "c")) {
      bed.node("c").trouble().goDown();
      bed.rounds(KeptBed.LOST_AFTER.plusMinutes(1));
      assertThat(bed.endpoints.isOpen("kubo c")).isFalse();

      bed.configure("a", "b");
      bed.rounds(Duration.ofMinutes(1));

      assertThat(bed.endpoints.snapshot())
          .extracting(EndpointStatus::name)
          .doesNotContain("kubo c");
      // Put back, it is met as at a start: not yet long enough to be lost.
      bed.configure("a", "b", "c");
      bed.rounds(Duration.ofMinutes(1));
      assertThat(bed.catalog.peers().of(new PeerName("c")).map(PeerState::state))
          .hasValue(PeerPhase.AWAY);
    }
  }

  @Test
  void aPeerAtAnotherAddressIsAskedThereFromThenOn() throws Exception {
    try (KeptBed bed = new KeptBed("a", "b", "c", "moved")) {
      bed.restart("a", "b", "c");
      Cid dag = bed.image("one", 3);
      bed.round();
      bed.node("c").trouble().goDown();
      bed.rounds(Duration.ofMinutes(1));

      List<PeerSettings> peers = new ArrayList<>(bed.peers("a", "b"));
      peers.add(bed.elsewhere("c", "moved"));
      bed.configure(List.of(), peers);

      Eventually.inRounds(
          "a copy on the new node",
          () -> {
            bed.round();
            return has(bed.node("moved"), dag) && bed.verified(dag).size() == 3;
          });
    }
  }

  @Test
  void aCopyUnderWayToAPeerThatLeftEndsAtOnce() throws Exception {
    try (KeptBed bed = new KeptBed("a", "b", "c")) {
      CountDownLatch begun = new CountDownLatch(1);
      AtomicBoolean early = new AtomicBoolean();
      InMemoryIpfsNode node = bed.node("c");
      bed.asked.put(
          "c",
          KeptBed.behind(
              (_, method, arguments) -> {
                if (method.getName().equals("pin")) {
                  Deadline deadline = (Deadline) arguments[3];
                  begun.countDown();
                  Eventually.await("the end of its time", deadline::expired);
                  early.set(Instant.now().isBefore(deadline.at()));
                  throw new KuboException(Fault.TIMEOUT, "c", "pin", 0, "too late", null);
                }
                return method.invoke(node, arguments);
              }));
      bed.restart("a", "b", "c");
      Cid dag = bed.pushed("one", 3);
      begun.await();

      bed.configure("a", "b");

      Eventually.await("the end of the step", () -> bed.verified(dag).size() == 2);
      bed.round();
      bed.awaitCopies(dag, "a", "b");
      assertThat(early).isTrue();
    }
  }

  /** The rule wants an image in two zones; the peer that is written to moves to the other's. */
  @Test
  void aZoneThatChangesWhileACopyIsUnderWayCounts() throws Exception {
    Map<String, PeerPlace> places =
        Map.of("a", PeerPlace.of("x"), "b", PeerPlace.of("y"), "c", PeerPlace.of("y"));
    try (KeptBed bed = new KeptBed(List.of(), places)) {
      CountDownLatch begun = new CountDownLatch(1);
      CountDownLatch goesOn = new CountDownLatch(1);
      InMemoryIpfsNode node = bed.node("b");
      bed.asked.put(
          "b",
          KeptBed.behind(
              (_, method, arguments) -> {
                if (method.getName().equals("pin") && begun.getCount() > 0) {
                  begun.countDown();
                  goesOn.await();
                }
                return method.invoke(node, arguments);
              }));
      bed.restart("a", "b", "c");
      bed.node("c").trouble().goDown();
      bed.rounds(Duration.ofMinutes(1));
      Cid dag = bed.pushed("one", 2);
      begun.await();

      List<PeerSettings> peers = new ArrayList<>(bed.peers("a", "c"));
      peers.add(SamplePinner.settings("b", "b", PeerPlace.of("x"), true));
      bed.configure(List.of(), peers);
      goesOn.countDown();
      bed.node("c").trouble().clear();
      bed.rounds(Duration.ofHours(3));

      assertThat(bed.verified(dag)).hasSize(2).contains("c");
    }
  }

  @Test
  void settingsWithoutAnyPeerThatKeepsCopiesAreRefused() throws Exception {
    try (KeptBed bed = new KeptBed("a", "b", "c")) {
      Cid dag = bed.image("one", 3);
      bed.round();

      assertThatThrownBy(() -> bed.configure(List.of(), bed.peers()))
          .hasMessageContaining("none is left that keeps copies");
      bed.rounds(Duration.ofMinutes(1));

      bed.awaitCopies(dag, "a", "b", "c");
    }
  }

  private static String[] without(String gone) {
    return List.of("a", "b", "c", "d").stream()
        .filter(name -> !name.equals(gone))
        .toArray(String[]::new);
  }

  private static boolean has(InMemoryIpfsNode node, Cid dag) {
    return node.pinned().containsKey(dag) && node.storedBlocks().contains(dag);
  }
}
