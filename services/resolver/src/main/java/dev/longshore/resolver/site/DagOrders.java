package dev.longshore.resolver.site;

import dev.longshore.ipfs.BadBlockException;
import dev.longshore.ipfs.Block;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.IpfsDataException;
import dev.longshore.ipfs.car.CarReader;
import dev.longshore.ipfs.node.Fault;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.ipfs.reader.LeafOrder;
import dev.longshore.model.Cid;
import dev.longshore.model.ImageDag;
import dev.longshore.resolver.site.hub.HubException;
import dev.longshore.resolver.site.hub.HubException.Kind;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The blocks of an image DAG in order, from inner nodes that are fetched or already there. */
final class DagOrders {
  /** Bytes of inner nodes of one DAG: those of 250 GB in leaves of 256 KiB. */
  private static final long NODES = 64L << 20;

  /** What a block takes in memory beside its bytes: very many may be very small. */
  private static final int BESIDE = 256;

  /** Read at once of what came. */
  private static final int BUFFER = 64 * 1024;

  /** The node reads each block of a DAG that it has. */
  private static final Duration VERIFY = Duration.ofHours(1);

  private final DagFetch.Hubs hubs;
  private final LocalBlocks local;
  private final FetchLine line;
  private final NodeImport node;

  DagOrders(DagFetch.Hubs hubs, LocalBlocks local, FetchLine line, NodeImport node) {
    this.hubs = hubs;
    this.local = local;
    this.line = line;
    this.node = node;
  }

  /** The order of its blocks; the node has the inner ones from then on. */
  LeafOrder order(ImageDag dag, Cid root, List<ImageDag> have)
      throws IOException, InterruptedException {
    Optional<LeafOrder> known = known(root);
    if (known.isPresent()) {
      return known.get();
    }
    while (true) {
      try {
        return sent(dag, root, have);
      } catch (KuboException e) {
        throw e;
      } catch (IOException | IpfsDataException e) {
        if (!hubs.another(dag, e)) {
          throw e;
        }
      }
    }
  }

  /** All its inner nodes, whatever the node has of them; the node is not given them. */
  Map<Cid, Block> nodes(ImageDag dag) throws IOException, InterruptedException {
    while (true) {
      try {
        return nodes(dag, List.of());
      } catch (IpfsDataException e) {
        if (!hubs.another(dag, e)) {
          throw wrong(dag, e);
        }
      } catch (IOException e) {
        if (!hubs.another(dag, e)) {
          throw e;
        }
      }
    }
  }

  private Map<Cid, Block> nodes(ImageDag dag, List<ImageDag> have)
      throws IOException, InterruptedException {
    Map<Cid, Block> sent = new HashMap<>();
    long bytes = 0;
    try (LineBuffer came = line.open(dag, hubs.nodes(dag, have))) {
      CarReader car = new CarReader(new BufferedInputStream(came, BUFFER));
      for (Block block = car.next(); block != null; block = car.next()) {
        bytes += block.size() + BESIDE;
        if (block.cid().codec() != Cid.DAG_PB || bytes > NODES) {
          throw new HubException(
              Kind.WRONG,
              "hub: inner nodes of %s: %s after %d bytes (expected: dag-pb, at most %d bytes)"
                  .formatted(dag, block.cid(), bytes, NODES));
        }
        sent.put(block.cid(), block);
      }
    }
    return sent;
  }

  private LeafOrder sent(ImageDag dag, Cid root, List<ImageDag> have)
      throws IOException, InterruptedException {
    Map<Cid, Block> sent = nodes(dag, have);
    LeafOrder order;
    try {
      order =
          LeafOrder.of(
              root,
              (cid, _) -> {
                Block block = sent.get(cid);
                return block == null ? local.block(cid) : block.bytes();
              },
              Deadline.after(VERIFY));
    } catch (KuboException e) {
      if (e.fault() == Fault.NOT_HELD && !have.isEmpty()) {
        // One of the others is not whole.
        return order(dag, root, List.of());
      }
      throw e.fault() == Fault.NOT_HELD
          ? new HubException(Kind.WRONG, "hub: inner nodes of " + dag + ": " + e.reason(), e)
          : e;
    }
    List<Block> needed = new ArrayList<>();
    for (Cid cid : order.nodes()) {
      Block block = sent.get(cid);
      if (block != null) {
        needed.add(block);
      }
    }
    node.give(needed.reversed());
    return order;
  }

  /**
   * The same of a DAG whose inner nodes are all there, as after a kill. One that is rotten, or that
   * the disk cannot read, is removed, as the node writes none that it thinks it has.
   */
  private Optional<LeafOrder> known(Cid root) throws IOException {
    Cid[] last = {root};
    try {
      return Optional.of(
          LeafOrder.of(
              root,
              (cid, _) -> {
                last[0] = cid;
                return local.block(cid);
              },
              Deadline.after(VERIFY)));
    } catch (BadBlockException e) {
      node.remove(last[0]);
      return Optional.empty();
    } catch (KuboException e) {
      if (e.isUnreadable()) {
        node.remove(last[0]);
        return Optional.empty();
      }
      if (e.fault() == Fault.NOT_HELD) {
        return Optional.empty();
      }
      throw e;
    }
  }

  static HubException wrong(ImageDag dag, IpfsDataException e) {
    return new HubException(
        Kind.WRONG, "hub: blocks of " + dag + ": " + e.getMessage() + "; nothing of it is kept", e);
  }
}
