package dev.longshore.pinner;

import static dev.longshore.pinner.ForgetBed.bed;
import static dev.longshore.pinner.ForgetBed.bytes;
import static dev.longshore.pinner.ForgetBed.forget;
import static dev.longshore.pinner.ForgetBed.isGone;
import static dev.longshore.pinner.ForgetBed.phase;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.PinPhase;
import dev.longshore.ipfs.node.Fault;
import dev.longshore.ipfs.testing.InMemoryIpfsNode;
import dev.longshore.ipfs.unixfs.UnixFsFileBuilder;
import dev.longshore.model.Cid;
import dev.longshore.runtime.kafka.record.KeyPartitions;
import dev.longshore.runtime.testing.Eventually;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two images that are forgotten at once, each at a pinner of its own. */
@Timeout(60)
class ForgetsAtTwoPinnersTest {
  private static final List<String> PEERS = List.of("a", "b", "c");

  /** Time for another collection to begin while one is under way. */
  private static final long OVERLAP_MILLIS = 200;

  private final Map<String, CountDownLatch> underWay = new ConcurrentHashMap<>();
  private final List<String> secrets = new ArrayList<>();
  private final AtomicInteger most = new AtomicInteger();
  private final AtomicInteger begun = new AtomicInteger();

  @Test
  void noTwoPeersAreCollectedAtOnce() throws Exception {
    try (KeptBed bed = bed()) {
      PEERS.forEach(peer -> bed.before("collectGarbage", peer, () -> collecting(peer)));
      List<Cid> dags = oneOfEach(bed);
      bed.addPinner();
      bed.round();

      secrets.forEach(secret -> forget(bed, secret));

      awaitGone(bed, dags);
      assertThat(begun).hasPositiveValue();
      assertThat(most).hasValue(1);
      assertThat(Stream.of("a", "b", "c").map(bed::node)).allMatch(node -> node.pinned().isEmpty());
    }
  }

  @Test
  void theForgetOfTheOtherEndsThoughTheOneThatCollectsIsKilled() throws Exception {
    try (KeptBed bed = bed()) {
      AtomicInteger collections = new AtomicInteger();
      for (String peer : PEERS) {
        bed.before(
            "collectGarbage",
            peer,
            () -> {
              if (collections.getAndIncrement() < 2) {
                bed.node(peer).trouble().failNext(1, Fault.UNREACHABLE);
              }
            });
      }
      List<Cid> dags = oneOfEach(bed);
      bed.addPinner();
      bed.round();
      secrets.forEach(secret -> forget(bed, secret));
      Eventually.await(
          "a collection that breaks off",
          () -> {
            bed.round();
            return collections.get() > 0;
          });
      assertThat(phase(bed, dags.get(1))).isEqualTo(PinPhase.RELEASING);

      bed.restart("a", "b", "c");
      bed.addPinner();

      awaitGone(bed, dags);
      Eventually.await("no request is left", () -> noPins(bed));
    }
  }

  private static boolean noPins(KeptBed bed) {
    bed.round();
    return Stream.concat(PEERS.stream().map(bed::node), Stream.of(bed.ingest, bed.former))
        .map(InMemoryIpfsNode::pinned)
        .allMatch(Map::isEmpty);
  }

  private void collecting(String peer) {
    CountDownLatch another = new CountDownLatch(1);
    underWay.values().forEach(CountDownLatch::countDown);
    underWay.put(peer, another);
    begun.incrementAndGet();
    most.accumulateAndGet(underWay.size(), Math::max);
    try {
      var _ = another.await(OVERLAP_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      underWay.remove(peer);
    }
  }

  /** Of the first pinner's partitions one, and one of the second's. */
  private List<Cid> oneOfEach(KeptBed bed) throws Exception {
    List<Cid> dags = new ArrayList<>();
    for (int i = 0; dags.size() < 2; i++) {
      String content = "secret " + i;
      Cid dag = dag(content);
      if (KeyPartitions.of(dag.toString()) % 2 == dags.size()) {
        secrets.add(content);
        dags.add(bed.image(content, 3));
      }
    }
    return dags;
  }

  private static Cid dag(String content) throws Exception {
    return UnixFsFileBuilder.build(bytes(content), (_, _, _, _) -> {}).cid();
  }

  private static void awaitGone(KeptBed bed, List<Cid> dags) {
    for (Cid dag : dags) {
      Eventually.await(
          dag + " gone",
          () -> {
            bed.round();
            return phase(bed, dag) == PinPhase.GONE;
          });
      assertThat(PEERS).allMatch(peer -> isGone(bed, peer, dag));
    }
  }
}
