package dev.longshore.bench.latency;

import dev.longshore.app.parts.Ports;
import dev.longshore.bench.parts.LongshoreUp;
import dev.longshore.ipfs.Block;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.car.CarReader;
import dev.longshore.ipfs.node.IpfsNode;
import dev.longshore.ipfs.node.NodeId;
import dev.longshore.ipfs.node.PinProgress;
import dev.longshore.model.Cid;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/** What any mirror has to do at least: one import, and a pin on each peer. */
final class BareMirror {
  /** Bitswap asks again only after a minute for a block whose first request was lost. */
  private static final Duration LIMIT = Duration.ofMinutes(5);

  private final List<IpfsNode> peers = new ArrayList<>();

  /** Connects the peers of a run that has nothing else to do. */
  BareMirror(LongshoreUp idle) throws IOException {
    for (int i = 1; i <= Ports.PEERS; i++) {
      peers.add(idle.node(i));
    }
    NodeId first = peers.getFirst().id(within());
    for (IpfsNode peer : peers.subList(1, peers.size())) {
      String address = first.addresses().getFirst();
      String suffix = "/p2p/" + first.peerId();
      peer.connect(address.endsWith(suffix) ? address : address + suffix, within());
    }
  }

  /** A DAG in memory. */
  record Dag(Cid root, List<Block> blocks) {}

  /** Reads DAGs out of the first peer of another run. */
  List<Dag> fetch(LongshoreUp from, List<String> roots) throws IOException {
    List<Dag> dags = new ArrayList<>();
    for (String root : roots) {
      URI export =
          URI.create(
              "http://127.0.0.1:%d/api/v0/dag/export?arg=%s&progress=false"
                  .formatted(from.ports().kuboRpc(1), root));
      HttpURLConnection call = (HttpURLConnection) export.toURL().openConnection();
      call.setRequestMethod("POST");
      call.setConnectTimeout(Math.toIntExact(LIMIT.toMillis()));
      call.setReadTimeout(Math.toIntExact(LIMIT.toMillis()));
      List<Block> blocks = new ArrayList<>();
      try (InputStream in = call.getInputStream()) {
        CarReader car = new CarReader(in);
        for (Block block = car.next(); block != null; block = car.next()) {
          blocks.add(block);
        }
      }
      dags.add(new Dag(Cid.parse(root), blocks));
    }
    return dags;
  }

  Callable<Void> mirror(Dag dag) {
    return () -> {
      peers
          .getFirst()
          .importCar(
              sink -> {
                for (Block block : dag.blocks()) {
                  sink.put(block.cid(), block.bytes(), 0, block.bytes().length);
                }
              },
              within());
      List<Callable<Void>> pins = new ArrayList<>();
      for (IpfsNode peer : peers) {
        pins.add(
            () -> {
              peer.pin(dag.root(), "bench", LIMIT, within(), PinProgress.NONE);
              return null;
            });
      }
      Parallel.run(peers.size(), pins);
      return null;
    };
  }

  private static Deadline within() {
    return Deadline.after(LIMIT);
  }
}
