package dev.longshore.pinner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.CopiesState;
import dev.longshore.events.CopyPhase;
import dev.longshore.events.CopyStatus;
import dev.longshore.events.PinPhase;
import dev.longshore.events.PinState;
import dev.longshore.events.Topic;
import dev.longshore.ipfs.testing.InMemoryIpfsNode;
import dev.longshore.model.Cid;
import dev.longshore.model.ImageDag;
import dev.longshore.model.PeerName;
import dev.longshore.runtime.testing.Eventually;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of images whose copies have no record of their own. */
@Timeout(60)
class MovedCopiesTest {
  private static final Instant BEFORE = Instant.parse("2025-06-01T00:00:00Z");

  @Test
  void anImageOfTheFirstReleasesIsMovedWithoutAskingItsPeers() throws Exception {
    try (KeptBed bed = new KeptBed("a", "b", "c")) {
      Cid dag = bed.image("one", 3);
      recordAsInFirstReleases(
          bed,
          dag,
          entry("a", CopyStatus.VERIFIED, 1),
          entry("b", CopyStatus.VERIFIED, 2),
          entry("c", CopyStatus.VERIFIED, 3));
      AtomicInteger calls = new AtomicInteger();
      for (String name : List.of("a", "b", "c")) {
        InMemoryIpfsNode node = bed.node(name);
        bed.asked.put(
            name,
            KeptBed.behind(
                (_, method, arguments) -> {
                  calls.incrementAndGet();
                  return method.invoke(node, arguments);
                }));
      }
      bed.restart("a", "b", "c");
      assertThat(bed.missed()).containsExactly(dag.toString());

      bed.nudge(dag.toString());

      awaitMoved(bed, dag);
      assertThat(calls).as("calls of peers").hasValue(0);
      assertThat(bed.verified(dag)).containsExactly("a", "b", "c");
      assertThat(bed.copy(dag, "b").changedAt()).isEqualTo(BEFORE.plusSeconds(2));
      PinState pin = bed.catalog.pins().of(new ImageDag(dag)).orElseThrow();
      assertThat(pin.copies()).isEmpty();
      assertThat(pin.verified()).isEqualTo(3);
      assertThat(pin.firstVerifiedAt()).isEqualTo(BEFORE.plusSeconds(1));
      assertThat(pin.allVerifiedAt()).isEqualTo(BEFORE.plusSeconds(3));
      assertThat(pin.state()).isEqualTo(PinPhase.KEPT);
      assertThat(pin.isFinished()).isTrue();
      assertThat(bed.missed()).isEmpty();
    }
  }

  @Test
  void whatTheFirstReleasesBeganIsEnded() throws Exception {
    try (KeptBed bed = new KeptBed("a", "b", "c")) {
      Cid dag = bed.image("one", 3);
      bed.node("c").unpin(dag, PinBed.OURS, KeptBed.soon());
      bed.node("c").collectGarbage(KeptBed.soon());
      recordAsInFirstReleases(
          bed,
          dag,
          entry("a", CopyStatus.VERIFIED, 1),
          entry("b", CopyStatus.VERIFIED, 2),
          entry("c", CopyStatus.PINNING, 3));

      bed.restart("a", "b", "c");
      bed.rounds(Duration.ofMinutes(1));

      bed.awaitCopies(dag, "a", "b", "c");
      awaitMoved(bed, dag);
    }
  }

  @Test
  void anImageWhoseCopiesWereAllLostIsStillKnownToHaveHadSome() throws Exception {
    try (KeptBed bed = new KeptBed("a", "b", "c")) {
      Cid dag = bed.image("one", 3);
      Stream.of("a", "b", "c").forEach(name -> bed.node(name).trouble().goDown());
      recordAsInFirstReleases(bed, dag, entry("a", CopyStatus.FAILED, 1));

      bed.rounds(Duration.ofMinutes(2));

      awaitMoved(bed, dag);
      PinState pin = bed.catalog.pins().of(new ImageDag(dag)).orElseThrow();
      assertThat(pin.verified()).isZero();
      assertThat(pin.wasVerified()).isTrue();
      assertThat(bed.copy(dag, "a"))
          .returns(CopyPhase.FAILED, CopiesState.Copy::state)
          .returns("lost by the first release", CopiesState.Copy::error);
    }
  }

  @Test
  void copiesWhoseRecordsWereLostAreFoundOnTheirPeers() throws Exception {
    try (KeptBed bed = new KeptBed("a", "b", "c", "d")) {
      Cid dag = bed.image("one", 3);
      List<String> holders = bed.verified(dag);
      bed.round();
      bed.delete(Topic.COPIES, dag);
      assertThat(bed.verified(dag)).isEmpty();
      assertThat(bed.missed()).containsExactly(dag.toString());

      bed.rounds(Duration.ofMinutes(2));

      bed.awaitCopies(dag, holders.toArray(String[]::new));
      assertThat(bed.pin(dag).verified()).isEqualTo(3);
      assertThat(bed.missed()).isEmpty();
    }
  }

  private static void recordAsInFirstReleases(KeptBed bed, Cid dag, PinState.Copy... copies)
      throws Exception {
    PinState pin =
        new PinState(
            new ImageDag(dag),
            3,
            List.of(copies),
            new PeerName("ingest"),
            true,
            BEFORE.plusSeconds(9));
    bed.write(pin);
    bed.delete(Topic.COPIES, dag);
  }

  private static PinState.Copy entry(String peer, CopyStatus status, int second) {
    return new PinState.Copy(
        new PeerName(peer),
        "default",
        "12D3KooW" + peer,
        List.of("/memory/" + peer),
        status,
        status == CopyStatus.VERIFIED ? 3 : 0,
        status == CopyStatus.FAILED ? "lost by the first release" : null,
        BEFORE.plusSeconds(second));
  }

  private static void awaitMoved(KeptBed bed, Cid dag) {
    Eventually.await(
        "the record of copies", () -> bed.catalog.copies().recorded(new ImageDag(dag)).isPresent());
  }
}
