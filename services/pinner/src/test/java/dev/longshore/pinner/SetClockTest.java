package dev.longshore.pinner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.CopyPhase;
import dev.longshore.ipfs.node.Fault;
import dev.longshore.ipfs.node.IpfsNode;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.ipfs.node.PinProgress;
import dev.longshore.ipfs.testing.MemoryBlocks;
import dev.longshore.model.Cid;
import dev.longshore.model.ImageDag;
import dev.longshore.runtime.testing.Eventually;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** The clock of a machine is set, or the machine sleeps: copies are looked after as before. */
class SetClockTest {
  private static final Duration DAY = Duration.ofDays(1);

  private static void unpin(IpfsNode node, Cid dag) throws Exception {
    assertThat(node.unpin(dag, "longshore:", KeptImages.soon())).isTrue();
  }

  @Test
  void aLossIsFoundAfterTheClockWasSetBack() throws Exception {
    try (KeptBed bed = new KeptBed("a", "b")) {
      Cid dag = bed.image("app", 2);
      bed.rounds(Duration.ofMinutes(2));

      bed.clock.advance(DAY.negated());
      unpin(bed.node("a"), dag);
      bed.rounds(Duration.ofMinutes(3));

      bed.awaitCopies(dag, "a", "b");
    }
  }

  @Test
  void aLossIsFoundAfterTheMachineSleptDuringALook() throws Exception {
    try (KeptBed bed = new KeptBed("a", "b")) {
      Cid dag = bed.image("app", 2);
      AtomicBoolean slept = new AtomicBoolean();
      bed.before(
          "pins",
          "a",
          () -> {
            if (!slept.getAndSet(true)) {
              bed.clock.advance(Duration.ofHours(8));
            }
          });
      bed.rounds(Duration.ofMinutes(1));
      assertThat(slept).isTrue();

      unpin(bed.node("a"), dag);
      bed.rounds(Duration.ofMinutes(65));

      bed.awaitCopies(dag, "a", "b");
    }
  }

  @Test
  void aCopyThatFailedIsTriedAgainAfterTheClockWasSetBack() throws Exception {
    try (KeptBed bed = new KeptBed("a", "b")) {
      AtomicBoolean fails = new AtomicBoolean(true);
      IpfsNode node = bed.node("b");
      bed.asked.put(
          "b",
          KeptBed.behind(
              (_, method, arguments) -> {
                if (fails.get() && method.getName().equals("pin")) {
                  throw new KuboException(Fault.FAILED, "b", "pin", 0, "it fails", null);
                }
                return method.invoke(node, arguments);
              }));
      bed.restart("a", "b");
      Cid dag = bed.pushed("app", 2);
      bed.rounds(Duration.ofMinutes(2));
      assertThat(bed.copy(dag, "b").state()).isEqualTo(CopyPhase.FAILED);

      bed.clock.advance(DAY.negated());
      fails.set(false);
      bed.rounds(RetryDelays.LONGEST.multipliedBy(2));

      bed.awaitCopies(dag, "a", "b");
    }
  }

  @Test
  void anImageWhoseStepWasLostIsAskedForAfterTheClockWasSetBack() throws Exception {
    try (KeptBed bed = new KeptBed("a", "b")) {
      ImageDag dag = new ImageDag(bed.image("app", 2));
      List<String> asked = new ArrayList<>();
      Nudges nudges = new Nudges(bed.clock);
      nudges.ask(dag, asked::add);
      nudges.ask(dag, asked::add);
      assertThat(asked).hasSize(1);

      bed.clock.advance(DAY.negated());
      nudges.ask(dag, asked::add);

      assertThat(asked).hasSize(2);
    }
  }

  @Test
  void whatRottedIsMendedAfterTheClockWasSetBack() throws Exception {
    try (KeptBed bed = RottenBlocks.bed("a", "b", "c")) {
      Cid image = bed.layered(3, "one");
      Cid file = KeptBed.layer("one", new MemoryBlocks()).cid();
      bed.node("a").pin(file, "theirs", DAY, KeptBed.soon(), PinProgress.NONE);
      bed.node("a").corrupt(RottenBlocks.leaf("one", 3));
      Eventually.inRounds(
          "an operator has to see to it",
          () -> {
            bed.round();
            return RottenBlocks.error(bed, image, "a").contains("ipfs pin rm");
          });
      bed.node("a").unpin(file, "theirs", KeptBed.soon());

      bed.clock.advance(DAY.negated());
      bed.rounds(BlockRepair.AGAIN);

      assertThat(RottenBlocks.isMended(bed, "a", image)).isTrue();
    }
  }

  @Test
  void aPeerThatWentWhileTheClockWasAheadIsLostNoLater() throws Exception {
    try (KeptBed bed = new KeptBed("a", "b", "c")) {
      Cid dag = bed.image("app", 2);
      String away = bed.verified(dag).getFirst();
      bed.round();
      bed.clock.advance(DAY);
      bed.round();
      bed.node(away).trouble().goDown();
      bed.rounds(Duration.ofMinutes(2));

      bed.clock.advance(DAY.negated());
      // As its alarm does, which the clock does not move.
      bed.endpoints.succeeded("kubo " + away);
      bed.rounds(KeptBed.LOST_AFTER.plusMinutes(5));

      assertThat(bed.verified(dag)).hasSize(2).doesNotContain(away);
    }
  }
}
