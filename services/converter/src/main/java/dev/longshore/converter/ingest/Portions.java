package dev.longshore.converter.ingest;

import dev.longshore.ipfs.Block;
import dev.longshore.ipfs.dagpb.PbLink;
import dev.longshore.ipfs.dagpb.PbNode;
import dev.longshore.ipfs.hold.HoldNode;
import dev.longshore.ipfs.unixfs.DagLink;
import dev.longshore.model.Cid;
import dev.longshore.runtime.kafka.step.PermanentFailure;
import dev.longshore.runtime.kafka.step.TransientFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Files that the peer has, in portions of a bounded size: a larger file goes in its parts. */
final class Portions {
  private final long limit;
  private final IngestPeer peer;
  private final List<Portion> portions = new ArrayList<>();
  private List<Cid> links = new ArrayList<>();
  private long bytes;

  /**
   * What one node links.
   *
   * @param bytes of all blocks below
   */
  record Portion(List<Cid> links, long bytes) {}

  private Portions(long limit, IngestPeer peer) {
    this.limit = limit;
    this.peer = peer;
  }

  static List<Portion> of(List<DagLink> files, long limit, IngestPeer peer)
      throws TransientFailure, PermanentFailure, InterruptedException {
    var portions = new Portions(limit, peer);
    for (DagLink file : files) {
      portions.add(file.cid(), file.dagSize());
    }
    portions.end();
    return portions.portions;
  }

  private void add(Cid root, long size)
      throws TransientFailure, PermanentFailure, InterruptedException {
    Optional<Block> node =
        size > limit && root.codec() == Cid.DAG_PB ? peer.localBlock(root) : Optional.empty();
    if (node.isEmpty()) {
      put(root, size);
      return;
    }
    put(HoldNode.alone(root), node.get().size());
    for (PbLink part : PbNode.decode(node.get().bytes()).links()) {
      add(part.cid(), part.tsize());
    }
  }

  private void put(Cid link, long size) {
    if (!links.isEmpty() && bytes + size > limit) {
      end();
    }
    links.add(link);
    bytes += size;
  }

  private void end() {
    if (!links.isEmpty()) {
      portions.add(new Portion(links, bytes));
      links = new ArrayList<>();
      bytes = 0;
    }
  }
}
