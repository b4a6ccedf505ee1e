package dev.longshore.pinner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.testing.InMemoryIpfsNode;
import dev.longshore.model.Cid;
import dev.longshore.model.PeerName;
import dev.longshore.runtime.config.PeerPlace;
import dev.longshore.runtime.service.turns.FairShare;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Copies that waited for their turn at a peer which became full meanwhile. */
final class FullPeerCopyTest {
  private static final PinLimits LIMITS =
      new PinLimits(
          TestSwarm.STALL, Duration.ofSeconds(10), Duration.ofSeconds(5), Duration.ofSeconds(2));

  private final TestSwarm swarm = new TestSwarm(1);
  private final FullPeers storage = new FullPeers(swarm.endpoints, swarm.clock);
  private final Peer source = peer("ingest", swarm.ingest, false);
  private final Peer peer = peer("a", swarm.node("a"), true);
  private final Copier copier =
      new Copier(
          "longshore:test:",
          LIMITS,
          new PeerSlots(1),
          storage,
          new PeerSpace(LIMITS.call(), swarm.clock),
          new BlockStreamer(swarm.catalog, LIMITS, swarm.endpoints, swarm.clock),
          new PeerWatch(swarm.catalog.peers(), swarm.clock),
          _ -> true,
          swarm.endpoints,
          swarm.clock);

  private static Peer peer(String name, InMemoryIpfsNode node, boolean keeps) {
    return new Peer(new PeerName(name), PeerPlace.of("site"), keeps, false, false, List.of(), node);
  }

  /** Of an image whose size nobody knows: a known one would not be tried. */
  private CopyEvent copy(Cid dag) throws InterruptedException {
    return copier.copy(dag, 0, Set.of(), peer, List.of(source), false, new FairShare("team/app"));
  }

  @Test
  void theNextOneDoesNotFillItAgain() throws Exception {
    Cid first = swarm.image(1);
    Cid second = swarm.image(2);
    swarm.node("a").trouble().limitStorage(1);
    assertThat(copy(first)).isInstanceOf(CopyEvent.TryFailed.class);
    assertThat(storage.isFull(peer)).isTrue();
    swarm.node("a").trouble().clear();

    assertThat(copy(second)).isInstanceOf(CopyEvent.TryFailed.class);
    assertThat(swarm.node("a").isPinned(second, Deadline.after(Duration.ofSeconds(5)))).isFalse();

    swarm.clock.advance(FullPeers.PAUSE);
    assertThat(copy(second)).isNotInstanceOf(CopyEvent.TryFailed.class);
  }
}
