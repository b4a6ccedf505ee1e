package dev.longshore.pinner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.CopiesState;
import dev.longshore.events.CopyPhase;
import dev.longshore.ipfs.node.Fault;
import dev.longshore.ipfs.node.IpfsNode;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.ipfs.testing.InMemoryIpfsNode;
import dev.longshore.model.Cid;
import dev.longshore.model.ImageDag;
import dev.longshore.runtime.testing.Eventually;
import java.lang.reflect.InvocationTargetException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** When the pinner attends again to an image that is short of copies. */
@Timeout(60)
class NextTryTest {
  @Test
  void aCopyThatFailsIsTriedLessAndLessOftenAndIsMadeWhenItCan() throws Exception {
    try (KeptBed bed = new KeptBed("a", "b", "c")) {
      AtomicReference<@Nullable Fault> fault = new AtomicReference<>(Fault.FAILED);
      List<Instant> tries = new ArrayList<>();
      bed.asked.put("c", pinningFails(bed, bed.node("c"), fault, tries));
      bed.restart("a", "b", "c");
      Cid dag = bed.pushed("one", 3);
      awaitPlan(bed, dag, "c");

      for (int i = 0; i < 360; i++) {
        bed.round();
        awaitPlan(bed, dag, "c");
      }

      assertThat(tries).as("in an hour").hasSizeBetween(8, 20);
      assertThat(gaps(tries))
          .allSatisfy(
              gap -> assertThat(gap).isLessThanOrEqualTo(RetryDelays.LONGEST.plusSeconds(20)));
      assertThat(gaps(tries).getLast()).isGreaterThan(gaps(tries).getFirst());
      assertThat(bed.copy(dag, "c").attempts()).isEqualTo(tries.size());
      assertThat(bed.nudged).as("once a try").hasSizeLessThanOrEqualTo(tries.size() + 1);

      fault.set(null);
      bed.rounds(RetryDelays.LONGEST.plusSeconds(20));
      bed.awaitCopies(dag, "a", "b", "c");
      assertThat(bed.copy(dag, "c"))
          .returns(CopyPhase.VERIFIED, CopiesState.Copy::state)
          .returns(null, CopiesState.Copy::attempts)
          .returns(null, CopiesState.Copy::nextTryAt);
    }
  }

  @Test
  void aCopyThatBecomesDueWhileAnotherIsMadeIsTriedNextAndIsNotPutOff() throws Exception {
    try (KeptBed bed = new KeptBed("a", "b", "c")) {
      Map<String, List<Instant>> tries = new HashMap<>();
      AtomicReference<@Nullable Runnable> meanwhile = new AtomicReference<>();
      for (String name : List.of("b", "c")) {
        tries.put(name, new ArrayList<>());
        IpfsNode failing =
            pinningFails(bed, bed.node(name), new AtomicReference<>(Fault.FAILED), tries.get(name));
        bed.asked.put(
            name,
            KeptBed.behind(
                (_, method, arguments) -> {
                  Runnable now = method.getName().equals("pin") ? meanwhile.get() : null;
                  if (now != null) {
                    now.run();
                  }
                  return method.invoke(failing, arguments);
                }));
      }
      bed.restart("a", "b", "c");
      Cid dag = bed.pushed("one", 3);
      Instant ofB;
      Instant ofC;
      do {
        bed.round();
        ofB = awaitPlan(bed, dag, "b");
        ofC = awaitPlan(bed, dag, "c");
      } while (Duration.between(ofB, ofC).abs().compareTo(Duration.ofMinutes(1)) < 0);
      String first = ofB.isBefore(ofC) ? "b" : "c";
      String other = first.equals("b") ? "c" : "b";
      Instant otherIsDue = bed.copy(dag, other).nextTryAt();
      int before = tries.get(other).size();

      AtomicBoolean passed = new AtomicBoolean();
      meanwhile.set(
          () -> {
            if (passed.compareAndSet(false, true)) {
              bed.clock.advance(Duration.between(bed.clock.instant(), otherIsDue).plusSeconds(1));
            }
          });
      while (!passed.get()) {
        bed.round();
      }

      assertThat(bed.copy(dag, other))
          .as("none of its tries was counted that was not made")
          .returns(before, CopiesState.Copy::attempts);
      bed.round();
      assertThat(tries.get(other)).as("tries once its time had come").hasSize(before + 1);
    }
  }

  @Test
  void aCopyThatGetsNoBlockIsStalled() throws Exception {
    try (KeptBed bed = new KeptBed("a", "b")) {
      bed.asked.put(
          "b",
          pinningFails(
              bed, bed.node("b"), new AtomicReference<>(Fault.STALLED), new ArrayList<>()));
      bed.restart("a", "b");

      Cid dag = bed.pushed("one", 2);

      awaitPlan(bed, dag, "b");
      CopiesState.Copy copy = bed.copy(dag, "b");
      assertThat(copy.state()).isEqualTo(CopyPhase.STALLED);
      assertThat(copy.attempts()).isEqualTo(1);
      assertThat(copy.nextTryAt())
          .isBetween(bed.clock.instant().plusSeconds(5), bed.clock.instant().plusSeconds(10));
    }
  }

  @Test
  void whatWaitsForAPeerIsAskedForWhenThatIsBackAndNotBefore() throws Exception {
    try (KeptBed bed = new KeptBed("a", "b", "c")) {
      bed.node("c").trouble().goDown();
      Cid dag = bed.pushed("one", 3);
      Eventually.await("two copies", () -> bed.verified(dag).size() == 2 && isAt(bed, dag, "c"));
      assertThat(bed.copy(dag, "c").nextTryAt()).as("it waits for its peer").isNull();
      bed.rounds(Duration.ofMinutes(1));
      bed.nudged.clear();

      bed.rounds(Duration.ofMinutes(20));
      assertThat(bed.nudged).as("while it is away").isEmpty();

      bed.node("c").trouble().clear();
      bed.rounds(Duration.ofMinutes(2));
      bed.awaitCopies(dag, "a", "b", "c");
      assertThat(bed.nudged).containsOnly(dag.toString()).hasSizeLessThanOrEqualTo(3);
    }
  }

  @Test
  void whatWasRefusedWhenItsPeerCameBackIsFoundByAnInventory() throws Exception {
    try (KeptBed bed = new KeptBed("a", "b", "c")) {
      bed.node("c").trouble().goDown();
      Cid dag = bed.pushed("one", 3);
      Eventually.await("two copies", () -> bed.verified(dag).size() == 2 && isAt(bed, dag, "c"));
      bed.rounds(Duration.ofMinutes(1));
      bed.node("c").trouble().clear();
      bed.refuses = true;
      bed.rounds(Duration.ofMinutes(5));
      bed.refuses = false;

      bed.rounds(Duration.ofMinutes(2));

      bed.awaitCopies(dag, "a", "b", "c");
    }
  }

  @Test
  void whatIsShortForWantOfPeersIsAskedForWhenOneJoinsAndNotBefore() throws Exception {
    try (KeptBed bed = new KeptBed("a", "b", "c")) {
      bed.restart("a", "b");
      Cid dag = bed.pushed("one", 3);
      Eventually.await("two copies", () -> bed.verified(dag).size() == 2);
      bed.rounds(Duration.ofMinutes(1));
      bed.nudged.clear();

      bed.rounds(Duration.ofMinutes(20));
      assertThat(bed.nudged).as("while there are two peers").isEmpty();

      bed.restart("a", "b", "c");
      bed.round();
      bed.awaitCopies(dag, "a", "b", "c");
    }
  }

  @Test
  void aRestartHeedsWhatWasDecidedBefore() throws Exception {
    try (KeptBed bed = new KeptBed("a", "b")) {
      List<Instant> tries = new ArrayList<>();
      bed.asked.put(
          "b", pinningFails(bed, bed.node("b"), new AtomicReference<>(Fault.FAILED), tries));
      bed.restart("a", "b");
      Cid dag = bed.pushed("one", 2);
      do {
        bed.round();
      } while (awaitPlan(bed, dag, "b").isBefore(bed.clock.instant().plus(Duration.ofMinutes(2))));
      Instant next = bed.copy(dag, "b").nextTryAt();
      int before = tries.size();

      bed.restart("a", "b");
      bed.rounds(Duration.ofSeconds(30));
      assertThat(bed.copy(dag, "b").nextTryAt()).isEqualTo(next);
      assertThat(tries).hasSize(before);

      bed.rounds(RetryDelays.LONGEST);
      Eventually.await("the next try", () -> tries.size() > before);
    }
  }

  @Test
  void aPeerThatWasFullIsTriedAgainWhenItMayHaveRoom() throws Exception {
    try (KeptBed bed = new KeptBed("a", "b")) {
      bed.node("b").trouble().limitStorage(10);
      Cid dag = bed.pushed("an image that is larger than what is left", 2);
      Eventually.await("one copy", () -> bed.verified(dag).size() == 1 && isAt(bed, dag, "b"));
      assertThat(awaitPlan(bed, dag, "b")).isAfter(bed.clock.instant());
      assertThat(bed.copy(dag, "b").attempts()).isEqualTo(1);
      bed.rounds(Duration.ofMinutes(30));
      assertThat(bed.nudged).hasSizeLessThan(15);
      assertThat(bed.verified(dag)).containsExactly("a");

      bed.node("b").trouble().clear();
      bed.rounds(RetryDelays.LONGEST.multipliedBy(2).plusMinutes(1));

      bed.awaitCopies(dag, "a", "b");
    }
  }

  private static boolean isAt(KeptBed bed, Cid dag, String peer) {
    return bed.catalog.copies().of(new ImageDag(dag)).copies().stream()
        .anyMatch(
            copy ->
                copy.peer().text().equals(peer)
                    && copy.state() != CopyPhase.COPYING
                    && copy.state() != CopyPhase.QUEUED);
  }

  /** Goes on until it was decided when the copy is tried again, which is to come. */
  private static Instant awaitPlan(KeptBed bed, Cid dag, String peer) {
    AtomicReference<@Nullable Instant> next = new AtomicReference<>();
    Eventually.await(
        "the next try",
        () -> {
          if (isAt(bed, dag, peer)) {
            next.set(bed.copy(dag, peer).nextTryAt());
          }
          return next.get() != null && next.get().isAfter(bed.clock.instant());
        });
    return next.get();
  }

  private static List<Duration> gaps(List<Instant> tries) {
    List<Duration> gaps = new ArrayList<>();
    for (int i = 1; i < tries.size(); i++) {
      gaps.add(Duration.between(tries.get(i - 1), tries.get(i)));
    }
    return gaps;
  }

  /** A node that answers all, but does not pin while there is a fault. */
  private static IpfsNode pinningFails(
      KeptBed bed,
      InMemoryIpfsNode node,
      AtomicReference<@Nullable Fault> fault,
      List<Instant> tries) {
    return KeptBed.behind(
        (_, method, arguments) -> {
          Fault now = fault.get();
          if (!method.getName().equals("pin") || now == null) {
            return method.invoke(node, arguments);
          }
          synchronized (tries) {
            tries.add(bed.clock.instant());
          }
          throw new InvocationTargetException(
              new KuboException(now, node.name(), "pin", 200, "of the test", null));
        });
  }
}
