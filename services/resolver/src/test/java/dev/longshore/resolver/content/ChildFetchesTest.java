package dev.longshore.resolver.content;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.dagpb.PbLink;
import dev.longshore.ipfs.dagpb.PbNode;
import dev.longshore.ipfs.node.Reach;
import dev.longshore.ipfs.testing.InMemoryIpfsNode;
import dev.longshore.ipfs.testing.InMemorySwarm;
import dev.longshore.ipfs.testing.SampleDag;
import dev.longshore.model.Cid;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.testing.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ChildFetchesTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final InMemorySwarm swarm = new InMemorySwarm();
  private final InMemoryIpfsNode far = swarm.node("far");
  private final InMemoryIpfsNode own = swarm.node("own");
  private final PeerConnections connections =
      new PeerConnections(own, new ManualClock(Instant.parse("2026-03-01T10:00:00Z")));
  private final ChildFetches fetches = new ChildFetches(own, connections, PATIENCE);
  private List<Provider> providers = List.of();
  private Cid file;
  private List<Cid> parts;

  private static Deadline soon() {
    return Deadline.after(PATIENCE);
  }

  @BeforeEach
  void write() throws Exception {
    providers = List.of(new Provider("far", far.id(soon()).peerId(), List.of("/memory/far")));
    SampleDag dag = new SampleDag(1);
    far.importCar(dag.car(), soon());
    file = dag.bigFile();
    parts = links(file);
  }

  private List<Cid> links(Cid node) throws Exception {
    return PbNode.decode(far.block(node, Reach.LOCAL, soon()).bytes()).links().stream()
        .map(PbLink::cid)
        .toList();
  }

  @AfterEach
  void close() {
    fetches.close();
    connections.close();
  }

  @Test
  void whatIsUnderWayIsNotBegunTwice() throws Exception {
    CountDownLatch gate = own.trouble().holdCalls();
    assertThat(fetches.begin(file, parts.getFirst(), providers)).isTrue();
    assertThat(fetches.begin(file, parts.getFirst(), providers)).isTrue();
    gate.countDown();

    Cid last = links(parts.getFirst()).getLast();
    fetches.await(parts.getFirst(), last, soon());
    assertThat(own.holds(last, soon())).isTrue();
    assertThat(own.childrenFetched()).containsExactly(parts.getFirst());
  }

  @Test
  void fewAreUnderWayAtOnceAndNoDagHasAllOfThem() {
    CountDownLatch gate = own.trouble().holdCalls();
    List<Cid> nodes = new ArrayList<>();
    for (int i = 0; i <= ChildFetches.AT_ONCE; i++) {
      nodes.add(
          Cid.dagPb(
              new byte[] {
                (byte) i, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
                1, 1, 1, 1, 1, 1
              }));
    }
    int begun = 0;
    for (Cid root : List.of(nodes.get(0), nodes.get(1), nodes.get(2))) {
      int ofOne = 0;
      for (Cid node : nodes.subList(begun, nodes.size())) {
        ofOne += fetches.begin(root, node, List.of()) ? 1 : 0;
      }
      begun += ofOne;
      assertThat(ofOne).isLessThanOrEqualTo(ChildFetches.OF_ONE);
    }
    assertThat(begun).isEqualTo(ChildFetches.AT_ONCE);

    gate.countDown();
    Eventually.await(
        "there is room again", () -> fetches.begin(nodes.get(0), nodes.getLast(), List.of()));
  }

  @Test
  void aReaderWaitsForNothingThatIsNotUnderWayAndNotForWhatHasEnded() throws Exception {
    far.trouble().goDown();
    fetches.await(file, parts.getFirst(), soon());

    fetches.begin(file, file, providers);
    fetches.await(file, parts.getLast(), soon());
    assertThat(own.holds(parts.getLast(), soon())).isFalse();
  }

  @Test
  void aReaderWaitsNoLongerThanItsDeadlineWhenNothingComes() throws Exception {
    CountDownLatch gate = own.trouble().holdCalls();
    fetches.begin(file, file, providers);

    fetches.await(file, parts.getLast(), Deadline.after(Duration.ofMillis(50)));
    gate.countDown();
  }
}
