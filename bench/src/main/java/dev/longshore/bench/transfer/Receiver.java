package dev.longshore.bench.transfer;

import dev.longshore.app.KuboNodes;
import dev.longshore.bench.measure.ProcessTree;
import dev.longshore.bench.measure.Sample;
import dev.longshore.bench.measure.Stopwatch;
import dev.longshore.bench.parts.DelayProxy;
import dev.longshore.bench.parts.FreshKubo;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.node.IpfsNode;
import dev.longshore.ipfs.node.LocalCheck;
import dev.longshore.ipfs.node.PinProgress;
import java.io.IOException;
import java.time.Duration;

/** A peer at the other end of a line, which has nothing yet; both its swarm and its RPC use it. */
final class Receiver implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofMinutes(5);
  private static final Duration STALL = Duration.ofMinutes(1);
  private final FreshKubo kubo;
  private final DelayProxy swarm;
  private final DelayProxy rpc;
  private final IpfsNode sender;
  private final IpfsNode node;

  /**
   * @param swarm leads to the sender's swarm port
   * @param rpc leads to this peer's RPC
   */
  private Receiver(FreshKubo kubo, DelayProxy swarm, DelayProxy rpc, IpfsNode sender) {
    this.kubo = kubo;
    this.swarm = swarm;
    this.rpc = rpc;
    this.sender = sender;
    this.node = KuboNodes.open(kubo.settings(rpc.port()));
  }

  /** A way to bring a layer here. */
  @FunctionalInterface
  interface Way {
    void bring(Receiver receiver, LayerDag dag) throws IOException;
  }

  /** Takes a peer that has just started, and connects it. */
  static Receiver connect(FreshKubo kubo, FreshKubo from, Duration roundTrip) throws IOException {
    IpfsNode sender = from.client();
    DelayProxy swarm = DelayProxy.to(from.ports().swarm(), roundTrip);
    DelayProxy rpc = DelayProxy.to(kubo.ports().rpc(), roundTrip);
    var receiver = new Receiver(kubo, swarm, rpc, sender);
    receiver.node.connect(
        "/ip4/127.0.0.1/tcp/%d/p2p/%s"
            .formatted(swarm.port(), sender.id(Deadline.after(STALL)).peerId()),
        Deadline.after(STALL));
    return receiver;
  }

  /** As the pinner does where it does nothing before its pin. */
  void fetch(LayerDag dag) throws IOException {
    node.pin(dag.root(), "bench", STALL, Deadline.after(LIMIT), PinProgress.NONE);
    node.verifyLocal(dag.root(), LocalCheck.PRESENCE, Deadline.after(LIMIT));
  }

  /** As the pinner does where it carries a DAG before its pin. */
  void carry(LayerDag dag) throws IOException {
    Deadline deadline = Deadline.after(LIMIT);
    node.importCar(sink -> sender.export(dag.root(), sink, STALL, deadline), deadline);
    fetch(dag);
  }

  /** Brings a layer here and says how long that took. */
  Sample measure(LayerDag dag, Way way) throws IOException {
    Stopwatch watch = Stopwatch.start(ProcessTree.own());
    way.bring(this, dag);
    return watch.sample(dag.blocks().bytes());
  }

  @Override
  public void close() throws IOException {
    swarm.close();
    rpc.close();
    kubo.close();
  }
}
