package dev.longshore.pinner;

import static dev.longshore.pinner.RottenBlocks.RATE;
import static dev.longshore.pinner.RottenBlocks.addMending;
import static dev.longshore.pinner.RottenBlocks.awaitMended;
import static dev.longshore.pinner.RottenBlocks.bed;
import static dev.longshore.pinner.RottenBlocks.error;
import static dev.longshore.pinner.RottenBlocks.isMended;
import static dev.longshore.pinner.RottenBlocks.isWhole;
import static dev.longshore.pinner.RottenBlocks.leaf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.CopyPhase;
import dev.longshore.events.Decision;
import dev.longshore.events.DecisionState;
import dev.longshore.ipfs.node.Fault;
import dev.longshore.ipfs.node.IpfsNode;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.ipfs.node.PinProgress;
import dev.longshore.ipfs.testing.InMemoryIpfsNode;
import dev.longshore.ipfs.testing.MemoryBlocks;
import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import dev.longshore.model.Mode;
import dev.longshore.rules.RuleSettings;
import dev.longshore.runtime.config.PeerPlace;
import dev.longshore.runtime.kafka.record.KeyPartitions;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.testing.Sha256;
import java.lang.reflect.InvocationTargetException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of a block whose bytes rot on a peer's disk. */
@Timeout(60)
class MendedCopiesTest {
  private static final Duration WHILE = Duration.ofMinutes(5);

  @Test
  void itIsBroughtAnewForEachImageThatHasIt() throws Exception {
    try (KeptBed bed = bed("a", "b", "c")) {
      Cid one = bed.layered(3, "shared", "one");
      Cid two = bed.layered(3, "shared", "two");
      Map<Cid, String> pins = bed.node("a").pinned();
      List<Long> others = new CopyOnWriteArrayList<>();
      bed.before("removeBlock", "a", () -> others.add(pinned(bed, one, "b", "c")));
      List<String> states = new CopyOnWriteArrayList<>();
      try (var _ = bed.catalog.onChange(record -> addMending(record, states))) {
        bed.node("a").corrupt(leaf("shared", 3));
        bed.node("a").corrupt(leaf("shared", 12));

        awaitMended(bed, "a", one, two);
      }

      assertThat(states).contains(one + " a", two + " a").doesNotContain(one + " b");
      assertThat(others).isNotEmpty().allMatch(count -> count == 2);
      assertThat(bed.node("a").pinned()).isEqualTo(pins);
      bed.rounds(WHILE);
      bed.awaitCopies(one, "a", "b", "c");
      bed.awaitCopies(two, "a", "b", "c");
    }
  }

  @Test
  void twoPinnersMendAPeerOfWhichEachHasSomeImages() throws Exception {
    try (KeptBed bed = bed("a", "b", "c")) {
      bed.addPinner();
      List<Cid> images = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        images.add(bed.layered(3, "shared", "own " + i));
      }
      assertThat(images.stream().map(dag -> KeyPartitions.of(dag.toString()) % 2).distinct())
          .as("of each pinner")
          .hasSize(2);
      Map<Cid, String> pins = bed.node("a").pinned();
      bed.node("a").corrupt(leaf("shared", 3));
      bed.node("a").corrupt(leaf("own 1", 2));
      bed.node("b").corrupt(leaf("own 4", 2));

      awaitMended(bed, "a", images.toArray(Cid[]::new));
      awaitMended(bed, "b", images.toArray(Cid[]::new));
      bed.rounds(WHILE);
      assertThat(bed.node("a").pinned()).isEqualTo(pins);
      assertThat(images).allSatisfy(image -> bed.awaitCopies(image, "a", "b", "c"));
    }
  }

  @Test
  void itIsBroughtAnewWhereverItIsInTheImage() throws Exception {
    try (KeptBed bed = bed("a", "b")) {
      Cid image = bed.layered(2, "one");
      MemoryBlocks layer = new MemoryBlocks();
      Cid file = KeptBed.layer("one", layer).cid();
      bed.node("a").corrupt(image);
      bed.node("b").corrupt(file);

      awaitMended(bed, "a", image);
      awaitMended(bed, "b", image);
      bed.awaitCopies(image, "a", "b");
    }
  }

  @Test
  void theImagesOfAPeerAreReadThroughOnceForAllThatRotted() throws Exception {
    try (KeptBed bed = bed("a", "b", "c")) {
      Cid[] images = new Cid[5];
      for (int i = 0; i < images.length; i++) {
        images[i] = bed.layered(3, "layer " + i);
      }
      Cid other = bed.layered(3, "other");
      AtomicInteger reads = new AtomicInteger();
      IpfsNode node = bed.node("a");
      bed.asked.put(
          "a",
          KeptBed.behind(
              (_, method, arguments) -> {
                if (method.getName().equals("block") && other.equals(arguments[0])) {
                  reads.incrementAndGet();
                }
                return method.invoke(node, arguments);
              }));
      bed.restart("a", "b", "c");
      for (int i = 0; i < images.length; i++) {
        bed.node("a").corrupt(leaf("layer " + i, 3));
      }
      List<Integer> inARound = new ArrayList<>();

      Eventually.inRounds(
          "mended",
          () -> {
            reads.set(0);
            bed.round();
            inARound.add(reads.get());
            return isMended(bed, "a", images);
          });

      // Besides, the round that reads all copies reads it once.
      assertThat(inARound).contains(1).allMatch(count -> count <= 2);
    }
  }

  /** Killed before that call to the peer, once the first pin is off. */
  @ParameterizedTest
  @ValueSource(strings = {"unpin", "removeBlock", "importCar", "pin", "block"})
  void aPinnerThatIsKilledMeanwhileEndsInTheSameState(String at) throws Exception {
    try (KeptBed bed = bed("a", "b", "c")) {
      Cid one = bed.layered(3, "shared", "one");
      Cid two = bed.layered(3, "shared", "two");
      Kill kill = new Kill(at);
      for (String name : List.of("a", "b", "c")) {
        bed.asked.put(name, kill.of(bed.node(name), name.equals("a")));
      }
      bed.restart("a", "b", "c");
      bed.node("a").corrupt(leaf("shared", 3));
      Eventually.inRounds(
          "the kill",
          () -> {
            bed.round();
            return kill.struck.get();
          });
      kill.over.set(true);
      bed.restart("a", "b", "c");

      awaitMended(bed, "a", one, two);
      bed.rounds(WHILE);
      bed.awaitCopies(one, "a", "b", "c");
      bed.awaitCopies(two, "a", "b", "c");
    }
  }

  /** Ends all calls of a pinner, as its end does. */
  private static final class Kill {
    final AtomicBoolean struck = new AtomicBoolean();
    final AtomicBoolean over = new AtomicBoolean();
    private final AtomicBoolean unpinned = new AtomicBoolean();
    private final String at;

    Kill(String at) {
      this.at = at;
    }

    IpfsNode of(InMemoryIpfsNode node, boolean strikes) {
      return KeptBed.behind(
          (_, method, arguments) -> {
            String call = method.getName();
            if (strikes && unpinned.get() && call.equals(at)) {
              struck.set(true);
            }
            if (struck.get() && !over.get() && !call.equals("name")) {
              throw new InvocationTargetException(
                  new KuboException(Fault.CANCELLED, node.name(), call, 0, "killed", null));
            }
            Object answer = method.invoke(node, arguments);
            if (strikes && call.equals("unpin")) {
              unpinned.set(true);
            }
            return answer;
          });
    }
  }

  /** Stopped for a while after it had looked at the other copies. */
  @Test
  void aPinnerThatWasPausedLooksAtTheOtherCopiesAgain() throws Exception {
    try (KeptBed bed = bed("a", "b", "c")) {
      Cid image = bed.layered(3, "one");
      AtomicBoolean paused = new AtomicBoolean();
      List<Long> others = new CopyOnWriteArrayList<>();
      InMemoryIpfsNode node = bed.node("a");
      bed.asked.put(
          "a",
          KeptBed.behind(
              (_, method, arguments) -> {
                if (method.getName().equals("unpin") && paused.compareAndSet(false, true)) {
                  bed.clock.advance(Duration.ofMinutes(1));
                  for (String other : List.of("b", "c")) {
                    bed.node(other).unpin(image, PinBed.OURS, KeptBed.soon());
                  }
                }
                if (method.getName().equals("removeBlock")) {
                  others.add(pinned(bed, image, "b", "c"));
                }
                return method.invoke(node, arguments);
              }));
      bed.restart("a", "b", "c");
      node.corrupt(leaf("one", 3));

      awaitMended(bed, "a", image);

      assertThat(paused).isTrue();
      assertThat(others).isNotEmpty().allMatch(count -> count >= 1);
    }
  }

  @Test
  void noGarbageIsCollectedWhereACopyIsMended() throws Exception {
    try (KeptBed bed = bed("a", "b", "c")) {
      bed.knowsImages = true;
      Cid image = bed.layered(3, "one");
      Cid forgotten = bed.layered(3, "two");
      Cid file = KeptBed.layer("one", new MemoryBlocks()).cid();
      bed.node("a").pin(file, "theirs", WHILE, KeptBed.soon(), PinProgress.NONE);
      bed.node("a").corrupt(leaf("one", 3));
      Eventually.inRounds(
          "it waits for an operator",
          () -> {
            bed.round();
            return error(bed, image, "a").contains("ipfs pin rm");
          });

      DecisionState forget =
          DecisionState.of(
              "forget",
              new Decision.Forget(
                  "secret", List.of(Digest.stored(Sha256.digest(forgotten.bytes())))),
              "ann",
              "it had a password",
              bed.clock.instant(),
              null);
      bed.write(forget);
      bed.rounds(WHILE);

      Eventually.inRounds(
          "it waits",
          () -> {
            bed.round();
            return error(bed, forgotten, "a").contains("waits until the copies of " + image);
          });
      assertThat(bed.node("b").storedBlocks()).doesNotContain(forgotten);
      bed.node("a").unpin(file, "theirs", KeptBed.soon());
      bed.rounds(BlockRepair.AGAIN);
      awaitMended(bed, "a", image);
      Eventually.inRounds(
          "collected",
          () -> {
            bed.round();
            return !bed.node("a").storedBlocks().contains(forgotten);
          });
      assertThat(isWhole(bed.node("a"), image)).isTrue();
    }
  }

  @Test
  void minCopiesAreKeptElsewhereMeanwhile() throws Exception {
    RuleSettings rule = new RuleSettings("**", List.of(Mode.PLAIN), List.of(), 2, 2, null);
    try (KeptBed bed =
        new KeptBed(
            List.of(rule),
            Map.of("a", PeerPlace.of("x"), "b", PeerPlace.of("x"), "c", PeerPlace.of("x")))) {
      bed.knowsImages = true;
      bed.scrubRate = RATE;
      bed.restart("a", "b");
      Cid image = bed.layered(2, "one");
      bed.node("a").corrupt(leaf("one", 3));

      Eventually.inRounds(
          "it is said",
          () -> {
            bed.round();
            return error(bed, image, "a").contains("1 copies that answer, of at least 2");
          });
      assertThat(bed.node("a").pinned()).containsKey(image);

      bed.restart("a", "b", "c");
      Eventually.inRounds(
          "mended, and one too many by then",
          () -> {
            bed.round();
            return bed.copy(image, "a").state() == CopyPhase.SURPLUS
                && isWhole(bed.node("a"), image);
          });
      bed.awaitCopies(image, "b", "c");
      assertThat(bed.node("a").pinned()).containsKey(image);
    }
  }

  private static long pinned(KeptBed bed, Cid dag, String... peers) {
    return Stream.of(peers).filter(peer -> bed.node(peer).pinned().containsKey(dag)).count();
  }
}
