package dev.longshore.pinner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import dev.longshore.events.PinState;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.node.Fault;
import dev.longshore.ipfs.node.IpfsNode;
import dev.longshore.ipfs.testing.InMemoryIpfsNode;
import dev.longshore.model.Cid;
import dev.longshore.model.PeerName;
import dev.longshore.runtime.config.PeerPlace;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which images go as one stream: peers that send each other nothing get those alone. */
class BlockStreamerTest {
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
    assertThat(arrivesWithoutBitswap(image(SMALL, BlockStreamer.WORTH_A_LOOK))).isTrue();
  }

  @Test
  void aSmallImageIsLeftToBitswap() throws Exception {
    assertThat(arrivesWithoutBitswap(image(SMALL, BlockStreamer.WORTH_A_LOOK - 1))).isFalse();
  }

  @Test
  void anImageOfFewBytesIsCarriedBetweenNeighbours() throws Exception {
    assertThat(arrivesWithoutBitswap(image(200_000, BlockStreamer.FEW))).isTrue();
  }

  @Test
  void anImageOfMoreThanFewBytesIsLeftToBitswap() throws Exception {
    assertThat(arrivesWithoutBitswap(image(SMALL, BlockStreamer.FEW + 1))).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"6,0", "0,6"})
  void anImageOfFewBytesCrossesNoLineTwice(int toSource, int toPeer) throws Exception {
    Cid dag = image(SMALL, BlockStreamer.FEW);

    carry(dag, slow(peer, toPeer), slow(swarm.ingest, toSource));

    assertThat(peer.storedBlocks()).isEmpty();
  }

  @Test
  void aNeighbourThatIsBusyIsStillNearby() throws Exception {
    Cid dag = image(SMALL, BlockStreamer.FEW);
    AtomicInteger millis = new AtomicInteger();
    IpfsNode busy =
        before(swarm.ingest, "holds", () -> swarm.clock.advance(Duration.ofMillis(millis.get())));
    BlockStreamer carrier = carrier();
    carrier.carry(dag, 0, to(swarm.swarm.node("another")), from(busy), soon());
    millis.set(80);

    carrier.carry(dag, 0, to(peer), from(busy), soon());

    assertThat(peer.storedBlocks()).isEqualTo(swarm.ingest.storedBlocks());
  }

  private IpfsNode slow(IpfsNode node, int millis) {
    return before(node, "holds", () -> swarm.clock.advance(Duration.ofMillis(millis)));
  }

  @Test
  void largeLeavesAreLeftToBitswapWhereThePeerIsNearby() throws Exception {
    assertThat(arrivesWithoutBitswap(image(200_000, BlockStreamer.WORTH_A_LOOK))).isFalse();
  }

  @Test
  void whatAPeerHasInPartIsLeftToBitswapWhichFetchesTheRestAlone() throws Exception {
    Cid dag = image(SMALL, BlockStreamer.WORTH_A_LOOK);
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
    Cid dag = image(SMALL, BlockStreamer.WORTH_A_LOOK);
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
    Cid dag = image(SMALL, BlockStreamer.WORTH_A_LOOK);
    peer.trouble().limitStorage(1_000);

    carry(dag, peer, swarm.ingest);
    assertThat(peer.storedBlocks()).isEmpty();

    peer.trouble().clear();
    carry(dag, peer, swarm.ingest);
    assertThat(peer.storedBlocks()).isEqualTo(swarm.ingest.storedBlocks());
    swarm.ingest.trouble().failWith(Fault.CANCELLED);
    assertThatThrownBy(() -> carry(dag, peer, swarm.ingest))
        .isInstanceOf(InterruptedException.class);
  }

  @Test
  void whereASourceIsAwayTheNextIsTried() throws Exception {
    Cid dag = image(SMALL, BlockStreamer.WORTH_A_LOOK);
    InMemoryIpfsNode away = swarm.swarm.node("away");
    away.trouble().goDown();

    carry(dag, peer, away, swarm.ingest);

    assertThat(peer.storedBlocks()).isEqualTo(swarm.ingest.storedBlocks());
  }

  @Test
  void whereASourceLacksABlockTheNextIsTried() throws Exception {
    Cid dag = image(SMALL, BlockStreamer.WORTH_A_LOOK);
    InMemoryIpfsNode partial = swarm.swarm.node("partial");
    partial.importCar(sink -> swarm.ingest.export(dag, sink, TestSwarm.STALL, soon()), soon());
    partial.lose(dag);

    carry(dag, peer, partial, swarm.ingest);

    assertThat(peer.storedBlocks()).isEqualTo(swarm.ingest.storedBlocks());
  }

  @Test
  void whereThePeerFailsNoOtherSourceIsTried() throws Exception {
    Cid dag = image(SMALL, BlockStreamer.WORTH_A_LOOK);
    IpfsNode other = before(swarm.ingest, "holds", () -> fail("asked for nothing"));
    peer.trouble().failWith(Fault.FULL);

    carry(dag, peer, swarm.ingest, other);

    assertThat(peer.storedBlocks()).isEmpty();
  }

  @Test
  void aDefectIsNotTakenForAPeersTrouble() throws Exception {
    Cid dag = image(SMALL, BlockStreamer.WORTH_A_LOOK);
    IpfsNode broken =
        before(
            peer,
            "holds",
            () -> {
              throw new IllegalStateException("a defect");
            });

    assertThatThrownBy(() -> carry(dag, broken, swarm.ingest))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("a defect");
  }

  @Test
  void aSourceIsNearbyWhenOneOfItsAnswersIsQuick() throws Exception {
    Cid dag = image(SMALL, BlockStreamer.WORTH_A_LOOK);
    AtomicInteger calls = new AtomicInteger();
    IpfsNode slowAtFirst =
        before(
            swarm.ingest,
            "holds",
            () -> swarm.clock.advance(Duration.ofMillis(calls.getAndIncrement() == 0 ? 80 : 4)));

    carry(dag, peer, slowAtFirst);

    assertThat(peer.storedBlocks()).isEqualTo(swarm.ingest.storedBlocks());
  }

  @ParameterizedTest
  @CsvSource({"false,5,true", "false,6,false", "true,15,true", "true,16,false"})
  void aHandshakeOfTlsIsNoDistance(boolean secured, int millis, boolean nearby) throws Exception {
    Cid dag = image(SMALL, BlockStreamer.WORTH_A_LOOK);
    IpfsNode slow =
        before(swarm.ingest, "holds", () -> swarm.clock.advance(Duration.ofMillis(millis)));
    Peer source =
        new Peer(
            new PeerName("source"), PeerPlace.of("core"), false, false, secured, List.of(), slow);

    carrier().carry(dag, 0, to(peer), List.of(source), soon());

    assertThat(peer.storedBlocks().isEmpty()).isNotEqualTo(nearby);
  }

  private void carry(Cid dag, IpfsNode to, IpfsNode... from) throws InterruptedException {
    carrier().carry(dag, 0, to(to), from(from), soon());
  }

  private static List<Peer> from(IpfsNode... from) {
    return Arrays.stream(from)
        .map(
            node ->
                new Peer(
                    new PeerName("from"),
                    PeerPlace.of("core"),
                    false,
                    false,
                    false,
                    List.of(),
                    node))
        .toList();
  }

  private BlockStreamer carrier() {
    Duration whole = Duration.ofSeconds(10);
    var limits =
        new PinLimits(TestSwarm.STALL, whole, Duration.ofSeconds(5), Duration.ofSeconds(2));
    return new BlockStreamer(swarm.catalog, limits, swarm.endpoints, swarm.clock);
  }

  private static Peer to(IpfsNode node) {
    return new Peer(new PeerName("a"), PeerPlace.of("site"), true, false, false, List.of(), node);
  }

  /** A node that does something before each call of a method. */
  private static IpfsNode before(IpfsNode node, String method, Runnable first) {
    return (IpfsNode)
        Proxy.newProxyInstance(
            IpfsNode.class.getClassLoader(),
            new Class<?>[] {IpfsNode.class},
            (_, called, arguments) -> {
              if (called.getName().equals(method)) {
                first.run();
              }
              try {
                return called.invoke(node, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private static Deadline soon() {
    return Deadline.after(Duration.ofSeconds(5));
  }
}
