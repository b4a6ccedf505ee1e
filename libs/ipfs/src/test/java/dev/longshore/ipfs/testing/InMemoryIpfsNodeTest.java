package dev.longshore.ipfs.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.node.Fault;
import dev.longshore.ipfs.node.IpfsNode;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.ipfs.node.NodeId;
import dev.longshore.ipfs.node.PinProgress;
import dev.longshore.model.Cid;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class InMemoryIpfsNodeTest extends IpfsNodeConformance {
  private static final Deadline SOON = Deadline.after(Duration.ofMinutes(10));

  private final InMemorySwarm swarm = new InMemorySwarm();
  private final InMemoryIpfsNode first = swarm.node("one");
  private final InMemoryIpfsNode second = swarm.node("two");

  @Override
  protected IpfsNode first() {
    return first;
  }

  @Override
  protected IpfsNode second() {
    return second;
  }

  @Override
  protected void lose(IpfsNode node, Cid cid) {
    ((InMemoryIpfsNode) node).lose(cid);
  }

  @Override
  protected void disconnect() {
    second.loseConnections();
  }

  @Override
  protected void corrupt(IpfsNode node, Cid cid) {
    ((InMemoryIpfsNode) node).corrupt(cid);
  }

  @Test
  void failsAsOftenAsTheTestAsks() throws KuboException {
    first.trouble().failNext(2, Fault.FAILED);

    assertThatThrownBy(() -> first.id(SOON)).isInstanceOf(KuboException.class);
    assertThatThrownBy(() -> first.id(SOON)).isInstanceOf(KuboException.class);
    assertThat(first.id(SOON).peerId()).isEqualTo("12D3KooWone");
  }

  @Test
  void sendsNothingWhileItIsDown() throws IOException {
    SampleDag dag = new SampleDag(1);
    first.importCar(dag.car(), SOON);
    second.connect(first.address(), SOON);
    first.trouble().goDown();

    assertThat(second.peers(SOON)).isEmpty();
    assertThatThrownBy(
            () -> second.pin(dag.root(), "", Duration.ofSeconds(1), SOON, PinProgress.NONE))
        .isInstanceOfSatisfying(
            KuboException.class, e -> assertThat(e.fault()).isEqualTo(Fault.STALLED));

    first.trouble().clear();
    second.pin(dag.root(), "", Duration.ofSeconds(1), SOON, PinProgress.NONE);
    assertThat(second.pinned()).containsKey(dag.root());
  }

  @Test
  void fillsUp() throws IOException {
    SampleDag dag = new SampleDag(2);
    first.trouble().limitStorage(10_000);

    assertThatThrownBy(() -> first.importCar(dag.car(), SOON))
        .isInstanceOfSatisfying(
            KuboException.class, e -> assertThat(e.fault()).isEqualTo(Fault.FULL));
    assertThat(first.storedBlocks()).hasSize(10);
  }

  @Test
  void holdsCallsUntilTheTestLetsThemGo() throws Exception {
    CountDownLatch gate = first.trouble().holdCalls();
    FutureTask<NodeId> call = new FutureTask<>(() -> first.id(SOON));
    Thread.ofVirtual().start(call);
    gate.countDown();
    assertThat(call.get(10, TimeUnit.SECONDS).peerId()).isEqualTo("12D3KooWone");

    first.trouble().holdCalls();
    assertThatThrownBy(() -> first.id(Deadline.after(Duration.ofMillis(5))))
        .isInstanceOfSatisfying(
            KuboException.class, e -> assertThat(e.fault()).isEqualTo(Fault.TIMEOUT));
  }
}
