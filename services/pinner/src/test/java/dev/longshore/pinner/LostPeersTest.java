package dev.longshore.pinner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.ipfs.node.IpfsNode;
import dev.longshore.ipfs.testing.InMemoryIpfsNode;
import dev.longshore.model.Cid;
import dev.longshore.runtime.testing.Eventually;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of copies whose peer is away, lost, or no longer named. */
@Timeout(60)
class LostPeersTest {
  @Test
  void aPeerThatCannotListItsPinsForLongCountsAsLost() throws Exception {
    try (KeptBed bed = new KeptBed("a", "b", "c", "d")) {
      Cid dag = bed.image("one", 3);
      String broken = bed.verified(dag).getLast();
      List<String> left = new ArrayList<>(List.of("a", "b", "c", "d"));
      left.remove(broken);
      bed.asked.put(broken, KeptCopiesTest.breakingOff(bed.node(broken), 0));
      bed.restart("a", "b", "c", "d");

      bed.rounds(KeptBed.LOST_AFTER.plusMinutes(2));

      bed.awaitCopies(dag, left.toArray(String[]::new));
    }
  }

  @Test
  void thePeerThatTakesTheNameOfOneThatWasEmptyGetsItsCopies() throws Exception {
    try (KeptBed bed = new KeptBed("a", "b", "c")) {
      AtomicReference<IpfsNode> c = new AtomicReference<>(bed.node("c"));
      bed.asked.put(
          "c", KeptBed.behind((_, method, arguments) -> method.invoke(c.get(), arguments)));
      bed.restart("a", "b", "c");
      Cid dag = bed.image("one", 3);
      bed.round();
      InMemoryIpfsNode other = bed.swarm.node("c2");
      c.set(other);

      bed.round();

      Eventually.await("the copy on the new node", () -> other.pinned().containsKey(dag));
      Eventually.await(
          "its identity in the record",
          () ->
              bed.pin(dag).verified() == 3
                  && bed.pin(dag).copies().stream()
                      .anyMatch(
                          copy ->
                              copy.peer().text().equals("c")
                                  && copy.peerId().equals("12D3KooWc2")));
    }
  }

  @Test
  void aPeerThatIsAwayForAWhileKeepsItsCopiesAndOneThatIsAwayForLongLosesThem() throws Exception {
    try (KeptBed bed = new KeptBed("a", "b", "c", "d")) {
      Cid dag = bed.image("one", 3);
      List<String> first = bed.verified(dag);
      String lost = first.getFirst();
      bed.round();
      bed.node(lost).trouble().goDown();

      bed.rounds(KeptBed.LOST_AFTER.minusMinutes(1));
      assertThat(bed.nudged).isEmpty();
      assertThat(bed.verified(dag)).isEqualTo(first);
      bed.rounds(Duration.ofMinutes(3));

      List<String> others = new ArrayList<>(List.of("a", "b", "c", "d"));
      others.remove(lost);
      bed.awaitCopies(dag, others.toArray(String[]::new));
      assertThat(bed.pin(dag).copies())
          .filteredOn(copy -> copy.peer().text().equals(lost))
          .singleElement()
          .satisfies(copy -> assertThat(copy.error()).contains("lost-after"));
    }
  }

  @Test
  void whatAPeerStillHasWhenItIsBackStaysAndCountsWhenACopyIsMissing() throws Exception {
    try (KeptBed bed = new KeptBed("a", "b", "c", "d")) {
      Cid dag = bed.image("one", 3);
      String first = bed.verified(dag).getFirst();
      String second = bed.verified(dag).getLast();
      bed.node(first).trouble().goDown();
      bed.rounds(KeptBed.LOST_AFTER.plusMinutes(2));
      Eventually.await(
          "a copy elsewhere",
          () -> bed.verified(dag).size() == 3 && !bed.verified(dag).contains(first));

      bed.node(first).trouble().clear();
      bed.rounds(Duration.ofMinutes(2));
      assertThat(bed.node(first).pinned()).containsKey(dag);
      bed.node(second).trouble().goDown();
      bed.rounds(KeptBed.LOST_AFTER.plusMinutes(2));

      List<String> others = new ArrayList<>(List.of("a", "b", "c", "d"));
      others.remove(second);
      bed.awaitCopies(dag, others.toArray(String[]::new));
    }
  }

  @Test
  void onlyCopiesAreThereAgainWithTheirPeerAllAtOnce() throws Exception {
    try (KeptBed bed = new KeptBed("a", "b")) {
      List<Cid> held =
          bed.images(KeptCopiesTest.numbered(60), 1).stream()
              .filter(dag -> bed.verified(dag).contains("a"))
              .toList();
      bed.node("a").trouble().goDown();
      bed.rounds(KeptBed.LOST_AFTER.plusMinutes(2));
      for (Cid dag : held) {
        Eventually.await("the truth about " + dag, () -> bed.verified(dag).isEmpty());
      }

      bed.node("a").trouble().clear();
      bed.rounds(Duration.ofMinutes(2));

      for (Cid dag : held) {
        bed.awaitCopies(dag, "a");
      }
    }
  }

  @Test
  void whereManyPeersAreLostAtOnceOnlyImagesDownToOneCopyAreRepaired() throws Exception {
    try (KeptBed bed = new KeptBed("a", "b", "c", "d", "e")) {
      Cid two = null;
      Cid one = null;
      for (int i = 0; two == null || one == null; i++) {
        Cid dag = bed.image("image " + i, 3);
        List<String> verified = bed.verified(dag);
        boolean onA = verified.contains("a");
        boolean onB = verified.contains("b");
        one = one == null && onA && onB ? dag : one;
        two = two == null && onA && !onB ? dag : two;
      }
      List<String> before = bed.verified(two);
      bed.round();
      bed.node("a").trouble().goDown();
      bed.node("b").trouble().goDown();

      bed.rounds(KeptBed.LOST_AFTER.plusMinutes(5));

      bed.awaitCopies(one, "c", "d", "e");
      assertThat(bed.verified(two)).isEqualTo(before);
      bed.node("b").trouble().clear();
      bed.rounds(Duration.ofMinutes(2));
      Cid repaired = two;
      Eventually.await(
          "the repair when one peer alone is lost",
          () -> bed.verified(repaired).size() == 3 && !bed.verified(repaired).contains("a"));
    }
  }

  @Test
  void aPinnerThatReachesNobodyTakesNoImageForLost() throws Exception {
    try (KeptBed bed = new KeptBed("a", "b", "c")) {
      Cid dag = bed.image("one", 3);
      for (String name : List.of("a", "b", "c")) {
        bed.node(name).trouble().goDown();
      }
      bed.ingest.trouble().goDown();

      bed.rounds(KeptBed.LOST_AFTER.plusMinutes(5));
      bed.node("a").trouble().clear();
      bed.rounds(Duration.ofMinutes(2));

      assertThat(bed.pin(dag).verified()).isEqualTo(3);
    }
  }

  @Test
  void aPeerThatLeftTheConfigurationHoldsNoCopy() throws Exception {
    try (KeptBed bed = new KeptBed("a", "b", "c", "d")) {
      Cid dag = bed.image("one", 3);
      List<String> left = new ArrayList<>(List.of("a", "b", "c", "d"));
      left.remove(bed.verified(dag).getFirst());

      bed.restart(left.toArray(String[]::new));
      bed.rounds(Duration.ofMinutes(1));

      bed.awaitCopies(dag, left.toArray(String[]::new));
      assertThat(bed.pin(dag).copies())
          .extracting(c -> c.peer().text())
          .containsOnlyOnceElementsOf(left);
    }
  }

  @Test
  void anImageThatNobodyHasKeepsNoPeerBusy() throws Exception {
    try (KeptBed bed = new KeptBed("a", "b")) {
      List<Cid> dags = bed.images(KeptCopiesTest.numbered(40), 2);
      for (String name : List.of("a", "b")) {
        for (Cid dag : dags) {
          bed.node(name).unpin(dag, PinBed.OURS, KeptBed.soon());
        }
        bed.node(name).collectGarbage(KeptBed.soon());
      }
      AtomicInteger tries = new AtomicInteger();
      for (String name : List.of("a", "b")) {
        InMemoryIpfsNode node = bed.node(name);
        bed.asked.put(
            name,
            KeptBed.behind(
                (_, method, arguments) -> {
                  if (method.getName().equals("pin")) {
                    tries.incrementAndGet();
                  }
                  return method.invoke(node, arguments);
                }));
      }
      bed.restart("a", "b");

      bed.rounds(Duration.ofMinutes(5));

      for (Cid dag : dags) {
        Eventually.await("the truth about " + dag, () -> bed.verified(dag).isEmpty());
      }
      assertThat(tries.get()).as("pins that were tried in vain").isLessThan(60);
    }
  }
}
