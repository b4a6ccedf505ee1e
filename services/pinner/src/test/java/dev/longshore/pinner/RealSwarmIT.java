package dev.longshore.pinner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.CopyStatus;
import dev.longshore.events.PinState;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.kubo.SwarmKey;
import dev.longshore.ipfs.node.LocalCheck;
import dev.longshore.ipfs.node.PinProgress;
import dev.longshore.ipfs.testing.KuboDaemon;
import dev.longshore.ipfs.testing.SharedKubos;
import dev.longshore.ipfs.unixfs.DirectoryTree;
import dev.longshore.ipfs.unixfs.UnixFsFileBuilder;
import dev.longshore.model.Cid;
import dev.longshore.model.PeerName;
import dev.longshore.rules.Rules;
import dev.longshore.runtime.config.PeerPlace;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The pinner's step over real Kubos that do not know each other. */
@Timeout(180)
class RealSwarmIT {
  private static final Duration STALL = Duration.ofSeconds(3);
  private static final PinLimits LIMITS =
      new PinLimits(STALL, Duration.ofMinutes(1), Duration.ofSeconds(30), Duration.ofSeconds(20));
  private static final Lock IMPORTING = new ReentrantLock(true);

  @RegisterExtension static final SharedKubos KUBOS = new SharedKubos(3);
  @TempDir Path folder;

  @Test
  void peersGetTheirCopiesFromEachOtherAndTheIngestPinGoes() throws Exception {
    PinBed bed = new PinBed(List.of(ingest(), peer("a", 1), peer("b", 2)), LIMITS);
    Cid dag = image(1);

    PinState state = bed.pin(dag, 2);

    assertThat(state.verified()).isEqualTo(2);
    assertThat(state.ingestReleased()).isTrue();
    assertThat(KUBOS.get(0).client().isPinned(dag, soon())).isFalse();
    KUBOS.get(0).client().collectGarbage(soon());
    requireWhole(dag);
  }

  @Test
  void aPinThatGetsNoBlockIsGivenUpAndMadeElsewhereBeforeTheIngestPinGoes() throws Exception {
    try (KuboDaemon island =
        KuboDaemon.start("island", folder, SwarmKey.generate(new SecureRandom()))) {
      Peer cutOff =
          new Peer(
              new PeerName("x"),
              PeerPlace.of("site-x"),
              true,
              false,
              false,
              List.of(),
              island.client());
      List<Peer> keepers = List.of(cutOff, peer("a", 1), peer("b", 2));
      List<Peer> all = new ArrayList<>(keepers);
      all.add(ingest());
      Cid dag = imageThatGoesTo(cutOff, keepers);
      PinBed bed = new PinBed(all, LIMITS);

      PinState state = bed.pin(dag, 2);

      assertThat(state.verified()).isEqualTo(2);
      assertThat(state.copies())
          .filteredOn(copy -> copy.peer().text().equals("x"))
          .singleElement()
          .satisfies(
              copy -> {
                assertThat(copy.status()).isEqualTo(CopyStatus.FAILED);
                assertThat(copy.error()).contains("x").contains(dag.toString());
              });
      assertThat(bed.published)
          .filteredOn(PinState::ingestReleased)
          .allSatisfy(released -> assertThat(released.verified()).isPositive());
      requireWhole(dag);
    }
  }

  @Test
  void anImageOfSmallLeavesComesToAPeerThatCannotFetchABlock() throws Exception {
    try (KuboDaemon island =
        KuboDaemon.start("island", folder, SwarmKey.generate(new SecureRandom()))) {
      Peer cutOff =
          new Peer(
              new PeerName("x"),
              PeerPlace.of("site-x"),
              true,
              false,
              false,
              List.of(),
              island.client());
      PinBed bed = new PinBed(List.of(ingest(), cutOff), LIMITS);
      byte[] content = new byte[9_000_000];
      new Random(77).nextBytes(content);
      Cid[] dag = new Cid[1];
      KUBOS
          .get(0)
          .client()
          .importCar(
              sink -> {
                UnixFsFileBuilder file = UnixFsFileBuilder.fixedLeaves(27_000, 174, sink);
                file.write(content, 0, content.length);
                dag[0] = file.finish().cid();
              },
              soon());
      KUBOS.get(0).client().pin(dag[0], "longshore:default:test", STALL, soon(), PinProgress.NONE);
      bed.converted(dag[0], content.length);

      PinState state = bed.pin(dag[0], 1);

      assertThat(state.copies()).singleElement().returns(CopyStatus.VERIFIED, c -> c.status());
      assertThat(island.client().isPinned(dag[0], soon())).isTrue();
    }
  }

  /**
   * Garbage collection in a loop on every node, while images that share blocks are written, copied,
   * released, lose a copy and are pushed again.
   */
  @Test
  void garbageCollectionInALoopLosesNothingWhileReleaseAndRepushAlternate() throws Exception {
    PinBed bed = new PinBed(List.of(ingest(), peer("a", 1), peer("b", 2)), LIMITS);
    List<Cid> dags = new ArrayList<>();
    AtomicBoolean over = new AtomicBoolean();
    AtomicInteger collections = new AtomicInteger();
    Random random = new Random(20260301);
    try (ExecutorService collectors = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> loops = new ArrayList<>();
      for (int node = 0; node < 3; node++) {
        int its = node;
        loops.add(
            collectors.submit(
                () -> {
                  while (!over.get()) {
                    collectGarbage(its);
                    collections.incrementAndGet();
                  }
                  return null;
                }));
      }
      try {
        for (int round = 0; round < 12; round++) {
          Cid dag = image(100 + random.nextInt(4));
          if (!dags.contains(dag)) {
            dags.add(dag);
          }
          assertThat(bed.pin(dag, 2).verified()).as("round " + round).isEqualTo(2);
          if (random.nextBoolean()) {
            Cid unlucky = dags.get(random.nextInt(dags.size()));
            KUBOS.get(1 + random.nextInt(2)).client().unpin(unlucky, PinBed.OURS, soon());
            assertThat(bed.again(unlucky).verified()).isEqualTo(2);
          }
          for (Cid each : dags) {
            requireWhole(each);
          }
        }
      } finally {
        over.set(true);
      }
      for (Future<?> loop : loops) {
        loop.get();
      }
    }
    assertThat(collections).hasValueGreaterThan(15);
    assertThat(pinsOfIngest()).doesNotContainAnyElementsOf(dags);
  }

  private static Peer ingest() {
    return new Peer(
        new PeerName("ingest"),
        PeerPlace.of("core"),
        false,
        false,
        false,
        List.of(),
        KUBOS.get(0).client());
  }

  private static Peer peer(String name, int kubo) {
    return new Peer(
        new PeerName(name),
        PeerPlace.of("site-" + name),
        true,
        false,
        false,
        List.of(),
        KUBOS.get(kubo).client());
  }

  /** An image for which the peer is among the first two that are asked. */
  private static Cid imageThatGoesTo(Peer peer, List<Peer> keepers) throws Exception {
    for (int seed = 1000; ; seed++) {
      Cid dag = image(seed);
      if (Placement.choose(
              dag,
              CopyRule.of(Rules.DEFAULT),
              keepers,
              List.of(),
              Set.of(),
              new PeerName("ingest"),
              Set.of(),
              2)
          .contains(peer)) {
        return dag;
      }
    }
  }

  /**
   * A directory with a file that all images share and one of its own on the ingest peer, pinned as
   * the converter leaves it. No garbage is collected there meanwhile, which Longshore sees to.
   */
  private static Cid image(long seed) throws Exception {
    IMPORTING.lock();
    try {
      Cid dag = write(seed);
      KUBOS.get(0).client().pin(dag, "longshore:default:test", STALL, soon(), PinProgress.NONE);
      return dag;
    } finally {
      IMPORTING.unlock();
    }
  }

  private static void collectGarbage(int node) throws Exception {
    if (node == 0) {
      IMPORTING.lock();
    }
    try {
      KUBOS.get(node).client().collectGarbage(soon());
    } finally {
      if (node == 0) {
        IMPORTING.unlock();
      }
    }
  }

  private static Cid write(long seed) throws IOException {
    Cid[] root = new Cid[1];
    KUBOS
        .get(0)
        .client()
        .importCar(
            sink ->
                root[0] =
                    new DirectoryTree()
                        .put("blobs/shared", UnixFsFileBuilder.build(bytes(7), sink))
                        .put("blobs/own", UnixFsFileBuilder.build(bytes(seed), sink))
                        .write(sink)
                        .cid(),
            soon());
    return root[0];
  }

  private static byte[] bytes(long seed) {
    byte[] bytes = new byte[700_000];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private static void requireWhole(Cid dag) throws Exception {
    for (int node = 1; node < 3; node++) {
      assertThat(KUBOS.get(node).client().verifyLocal(dag, LocalCheck.REHASH, soon()).bytes())
          .isGreaterThan(1_400_000);
    }
  }

  private static List<Cid> pinsOfIngest() throws Exception {
    List<Cid> pins = new ArrayList<>();
    KUBOS.get(0).client().pins(pin -> pins.add(pin.root()), soon());
    return pins;
  }

  private static Deadline soon() {
    return Deadline.after(Duration.ofSeconds(30));
  }
}
