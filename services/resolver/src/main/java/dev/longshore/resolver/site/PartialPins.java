package dev.longshore.resolver.site;

import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.IpfsDataException;
import dev.longshore.ipfs.dagpb.PbLink;
import dev.longshore.ipfs.dagpb.PbNode;
import dev.longshore.ipfs.node.Fault;
import dev.longshore.ipfs.node.IpfsNode;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.ipfs.node.PinProgress;
import dev.longshore.ipfs.node.RecursivePin;
import dev.longshore.ipfs.reader.LeafOrder;
import dev.longshore.ipfs.reader.LeafOrder.Leaf;
import dev.longshore.model.Cid;
import dev.longshore.model.ImageDag;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Protects partly fetched images during a garbage collection, by a pin on a node that links their
 * present blocks. Only the keeper collects, so such a pin at any other time is a killed process's.
 */
final class PartialPins {
  private static final Logger LOG = LoggerFactory.getLogger(PartialPins.class);
  private static final Duration CALL = Duration.ofSeconds(30);

  /** The node looks at each block of a part: those of 100 GB take it a minute. */
  private static final Duration HOLD = Duration.ofMinutes(10);

  /** Of a block of links, 400 KB: a quarter of what a node takes. */
  private static final int LINKS = 8_000;

  private final KeptDags dags;
  private final IpfsNode node;
  private final LocalBlocks local;
  private final String pinName;

  /**
   * @param pinName of the pins that hold; nothing else has it
   */
  PartialPins(KeptDags dags, IpfsNode node, LocalBlocks local, String pinName) {
    this.dags = dags;
    this.node = node;
    this.local = local;
    this.pinName = pinName;
  }

  /**
   * Collects garbage but keeps partly fetched images.
   *
   * @return whether there were any
   */
  boolean during(RequestedDags.Collect collection) throws KuboException {
    List<Cid> holders = new ArrayList<>();
    try {
      for (ImageDag dag : dags.absent()) {
        hold(dag).ifPresent(holders::add);
      }
      collection.run();
    } finally {
      release(holders);
    }
    return !holders.isEmpty();
  }

  /** Releases the pins of an earlier process. */
  void releaseOf(List<RecursivePin> pins) {
    release(
        pins.stream().filter(pin -> pin.name().equals(pinName)).map(RecursivePin::root).toList());
  }

  private void release(List<Cid> holders) {
    for (Cid holder : holders) {
      try {
        var _ = node.unpin(holder, pinName, Deadline.after(CALL));
      } catch (KuboException e) {
        LOG.warn("{} is let go of later: {}", holder, e.getMessage());
      }
    }
  }

  /** One that cannot be held comes anew: that costs the line, and nothing else. */
  private Optional<Cid> hold(ImageDag dag) throws KuboException {
    try {
      List<Cid> here = here(dag);
      if (here.isEmpty()) {
        return Optional.empty();
      }
      Cid holder = holder(here);
      node.pin(holder, pinName, CALL, Deadline.after(HOLD), PinProgress.NONE);
      return Optional.of(holder);
    } catch (KuboException e) {
      if (e.fault() == Fault.CANCELLED) {
        throw e;
      }
      LOG.warn("what came of {} in part is not held: {}", dag, e.getMessage());
    } catch (IOException | IpfsDataException e) {
      LOG.warn("what came of {} in part is not held: {}", dag, e.getMessage());
    }
    return Optional.empty();
  }

  /** Its blocks that are here, unless inner nodes lack: then nobody knows what is. */
  private List<Cid> here(ImageDag dag) throws IOException {
    LeafOrder order;
    try {
      order = LeafOrder.of(dag.cid(), (cid, _) -> local.block(cid), Deadline.after(HOLD));
    } catch (KuboException e) {
      if (e.fault() == Fault.NOT_HELD) {
        return List.of();
      }
      throw e;
    }
    List<Cid> here = new ArrayList<>(order.nodes());
    List<Leaf> leaves = order.leaves();
    BitSet lacking = local.lacking(leaves);
    for (int n = lacking.nextClearBit(0); n < leaves.size(); n = lacking.nextClearBit(n + 1)) {
      here.add(leaves.get(n).cid());
    }
    return here;
  }

  /** A node below which all of them are. */
  private Cid holder(List<Cid> held) throws IOException {
    List<Cid> links = held;
    do {
      List<Cid> above = new ArrayList<>();
      for (int from = 0; from < links.size(); from += LINKS) {
        above.add(written(links.subList(from, Math.min(links.size(), from + LINKS))));
      }
      links = above;
    } while (links.size() > 1);
    return links.getFirst();
  }

  private Cid written(List<Cid> links) throws IOException {
    byte[] bytes =
        new PbNode(links.stream().map(cid -> new PbLink(linked(cid), "", 0)).toList(), null)
            .encode();
    Cid cid = Cid.dagPb(sha256(bytes));
    var _ = node.importCar(sink -> sink.put(cid, bytes, 0, bytes.length), Deadline.after(CALL));
    return cid;
  }

  /**
   * An inner node is held without what it links to, which may not be here: a node keeps a block by
   * its hash, whatever the codec of the CID that links it.
   */
  private static Cid linked(Cid cid) {
    if (cid.codec() != Cid.DAG_PB) {
      return cid;
    }
    if (cid.version() == 0) {
      return Cid.raw(cid.digest());
    }
    byte[] bytes = cid.bytes();
    bytes[1] = (byte) Cid.RAW;
    return Cid.ofBytes(bytes);
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java lacks SHA-256", e);
    }
  }
}
