package dev.longshore.pinner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.events.PinState;
import dev.longshore.ipfs.Cid;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.kubo.Fault;
import dev.longshore.ipfs.testing.InMemoryIpfsNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which images go as one stream: peers that send each other nothing get those alone. */
class CarrierTest {
  private static final int SMALL = 4_000;

  private final TestSwarm swarm = new TestSwarm(1);
  private final InMemoryIpfsNode peer = swarm.node("a");

  /** Without Bitswap, only what was carried arrives. */
  private boolean arrivesWithoutBitswap(Cid dag) throws Exception {
    peer.trouble().stallTransfers();
    PinState state = swarm.pin(dag, 1);
    return state.verified() == 1;
  }

  private Cid image(int leafBytes, long bytes) throws Exception {
    Cid dag = swarm.image(1, leafBytes);
    swarm.converted(dag, bytes);
    return dag;
  }

  @Test
  void anImageOfSmallLeavesIsCarriedToAPeerThatHasNothingOfIt() throws Exception {
    assertThat(arrivesWithoutBitswap(image(SMALL, Carrier.WORTH_A_LOOK))).isTrue();
  }

  @Test
  void aSmallImageIsLeftToBitswap() throws Exception {
    assertThat(arrivesWithoutBitswap(image(SMALL, Carrier.WORTH_A_LOOK - 1))).isFalse();
  }

  @Test
  void largeLeavesAreLeftToBitswapWhereThePeerIsNearby() throws Exception {
    assertThat(arrivesWithoutBitswap(image(200_000, Carrier.WORTH_A_LOOK))).isFalse();
  }

  @Test
  void whatAPeerHasInPartIsLeftToBitswapWhichFetchesTheRestAlone() throws Exception {
    Cid dag = image(SMALL, Carrier.WORTH_A_LOOK);
    List<Cid> all = new ArrayList<>();
    peer.importCar(
        sink ->
            swarm.ingest.export(
                dag,
                (cid, buffer, offset, length) -> {
                  if (all.size() % 2 == 0) {
                    sink.put(cid, buffer, offset, length);
                  }
                  all.add(cid);
                },
                TestSwarm.STALL,
                soon()),
        soon());

    assertThat(arrivesWithoutBitswap(dag)).isFalse();
  }

  @Test
  void anImageOfWhichNothingIsKnownIsLeftToBitswap() throws Exception {
    assertThat(arrivesWithoutBitswap(swarm.image(1, SMALL))).isFalse();
  }

  @Test
  void aBlockThatTheSourceLacksEndsTheStreamAndBitswapIsAskedForIt() throws Exception {
    Cid dag = image(SMALL, Carrier.WORTH_A_LOOK);
    Cid lost =
        swarm.ingest.storedBlocks().stream()
            .filter(cid -> cid.codec() == Cid.RAW)
            .findFirst()
            .orElseThrow();
    InMemoryIpfsNode other = swarm.swarm.node("other");
    other.importCar(sink -> swarm.ingest.export(dag, sink, TestSwarm.STALL, soon()), soon());
    swarm.ingest.lose(lost);
    peer.connect(other.address(), soon());

    assertThat(swarm.pin(dag, 1).verified()).isEqualTo(1);
    assertThat(peer.holds(lost, soon())).isTrue();
  }

  @Test
  void aStreamThatThePeerRefusesIsNoFailureOfTheCopy() throws Exception {
    Cid dag = image(SMALL, Carrier.WORTH_A_LOOK);
    Carrier carrier =
        new Carrier(
            swarm.catalog,
            new PinLimits(
                TestSwarm.STALL,
                Duration.ofSeconds(10),
                Duration.ofSeconds(5),
                Duration.ofSeconds(2)),
            swarm.endpoints,
            swarm.clock);
    Peer to = new Peer("a", "site", true, false, List.of(), peer);
    Peer from = new Peer("ingest", "core", false, false, List.of(), swarm.ingest);
    peer.trouble().limitStorage(1_000);

    assertThat(carrier.carry(dag, to, List.of(from))).isFalse();

    peer.trouble().clear();
    assertThat(carrier.carry(dag, to, List.of(from))).isTrue();
    swarm.ingest.trouble().failWith(Fault.CANCELLED);
    assertThatThrownBy(() -> carrier.carry(dag, to, List.of(from)))
        .isInstanceOf(InterruptedException.class);
  }

  private static Deadline soon() {
    return Deadline.after(Duration.ofSeconds(5));
  }
}
