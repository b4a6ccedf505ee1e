package dev.longshore.resolver.content;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.ipfs.testing.InMemoryIpfsNode;
import dev.longshore.ipfs.testing.InMemorySwarm;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.testing.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PeerConnectionsTest {

  private final ManualClock clock = new ManualClock(Instant.parse("2026-03-01T10:00:00Z"));
  private final InMemorySwarm swarm = new InMemorySwarm();
  private final InMemoryIpfsNode far = swarm.node("far");
  private final InMemoryIpfsNode own = swarm.node("own");
  private final PeerConnections connections = new PeerConnections(own, clock);
  private List<Provider> providers = List.of();

  private static Deadline soon() {
    return Deadline.after(Duration.ofSeconds(20));
  }

  @BeforeEach
  void knowTheOther() throws Exception {
    providers = List.of(new Provider("far", id(far), List.of("/memory/far")));
  }

  @AfterEach
  void close() {
    connections.close();
  }

  @Test
  void aReadingWaitsForTheConnectionThatAnotherOneBegan() throws Exception {
    CountDownLatch dial = own.trouble().holdCalls();
    connections.seek(providers, false);

    FutureTask<Set<String>> second =
        new FutureTask<>(
            () -> {
              connections.seek(providers, true);
              return far.peers(soon());
            });
    Thread reading = Thread.ofPlatform().start(second);
    Eventually.await(
        "the second one waits or is through",
        () -> reading.getState() == Thread.State.TIMED_WAITING || second.isDone());
    dial.countDown();

    assertThat(second.get()).containsExactly(id(own));
  }

  @Test
  void aPeerTriedLatelyIsNotTriedAgain() throws Exception {
    connections.seek(providers, true);
    own.disconnect();

    clock.advance(Duration.ofSeconds(1));
    connections.seek(providers, true);
    clock.advance(Duration.ofSeconds(28));
    connections.seek(providers, false);

    assertThat(own.peers(soon())).isEmpty();
  }

  /** As after a restart of the own node. */
  @Test
  void aReadingThatNeedsAPeerTriesItAgainSoon() throws Exception {
    connections.seek(providers, true);
    own.disconnect();

    clock.advance(Duration.ofSeconds(3));
    connections.seek(providers, true);

    assertThat(own.peers(soon())).containsExactly(id(far));
  }

  /** Somebody else may read from the node while no client asks the resolver. */
  @Test
  void aPeerThatLostItsConnectionsIsConnectedAgainWithoutAReading() throws Exception {
    connections.seek(providers, true);

    far.loseConnections();

    assertThat(own.peers(soon())).containsExactly(id(far));
  }

  private static String id(InMemoryIpfsNode node) throws KuboException {
    return node.id(soon()).peerId();
  }
}
