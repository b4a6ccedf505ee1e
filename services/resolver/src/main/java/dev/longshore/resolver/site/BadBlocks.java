package dev.longshore.resolver.site;

import dev.longshore.ipfs.BadBlockException;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.IpfsDataException;
import dev.longshore.ipfs.node.Fault;
import dev.longshore.ipfs.node.IpfsNode;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.ipfs.reader.LeafOrder;
import dev.longshore.model.Cid;
import dev.longshore.model.ImageDag;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rotten and missing blocks of the site's node that were found, until the keeper takes them out. A
 * node does not write a block that it thinks it has, and removes none that is pinned: so the images
 * that have it are unpinned, it is removed, and they come again, of which that block alone is
 * lacking.
 */
final class BadBlocks {
  private static final Logger LOG = LoggerFactory.getLogger(BadBlocks.class);
  private static final Duration CALL = Duration.ofSeconds(30);
  private static final Duration WALK = Duration.ofHours(1);

  /** Of a disk that fails altogether, the rest is found in the next round. */
  private static final int MOST = 1_000;

  private final KeptDags dags;
  private final ServedNames names;
  private final IpfsNode node;
  private final BlockScrub.Blocks blocks;
  private final String pinPrefix;
  private final SiteTelemetry telemetry;
  private final Set<Cid> found = new LinkedHashSet<>();

  /**
   * @param pinPrefix how the names of its pins begin
   */
  BadBlocks(
      KeptDags dags,
      ServedNames names,
      IpfsNode node,
      BlockScrub.Blocks blocks,
      String pinPrefix,
      SiteTelemetry telemetry) {
    this.dags = dags;
    this.names = names;
    this.node = node;
    this.blocks = blocks;
    this.pinPrefix = pinPrefix;
    this.telemetry = telemetry;
  }

  /** It is rotten, or missing. */
  synchronized void found(Cid block) {
    if (found.size() < MOST) {
      found.add(block);
    }
  }

  synchronized boolean areFound() {
    return !found.isEmpty();
  }

  private synchronized Set<Cid> take() {
    Set<Cid> all = Set.copyOf(found);
    found.clear();
    return all;
  }

  /** Takes out all that is still bad; the images that have it are absent from then on. */
  void takeOut() throws KuboException {
    Set<Cid> all = take();
    try {
      Set<Cid> bad = new HashSet<>();
      for (Cid cid : all) {
        if (isBad(cid)) {
          bad.add(cid);
        }
      }
      if (!bad.isEmpty()) {
        takeOut(bad);
      }
    } catch (KuboException e) {
      all.forEach(this::found);
      throw e;
    }
  }

  private void takeOut(Set<Cid> bad) throws KuboException {
    List<ImageDag> with = with(bad);
    if (with.isEmpty()) {
      // They were let go of meanwhile.
      return;
    }
    for (ImageDag dag : with) {
      var _ = node.unpin(dag.cid(), pinPrefix, Deadline.after(CALL));
    }
    List<String> kept = new ArrayList<>();
    for (Cid cid : bad) {
      Optional<String> why = node.removeBlock(cid, Deadline.after(CALL));
      why.ifPresent(its -> kept.add(cid + " (" + its + ")"));
    }
    LOG.warn("{} blocks of {} images were rotten or missing and are fetched again", bad, with);
    if (!kept.isEmpty()) {
      LOG.warn("the node keeps {}: a pin of somebody else holds it; remove that pin", kept);
    }
    telemetry.bad(bad.size());
    names.show(dags.rotted(with, bad.size(), kept));
  }

  private boolean isBad(Cid cid) {
    try {
      byte[] _ = blocks.read(cid);
      return false;
    } catch (KuboException e) {
      return e.fault() == Fault.NOT_HELD;
    } catch (IOException | BadBlockException e) {
      return true;
    }
  }

  /** Those that are here and have one of these blocks, or whose inner nodes cannot be read. */
  private List<ImageDag> with(Set<Cid> bad) throws KuboException {
    List<ImageDag> with = new ArrayList<>();
    for (ImageDag dag : dags.here()) {
      try {
        LeafOrder order =
            LeafOrder.of(dag.cid(), (cid, _) -> blocks.read(cid), Deadline.after(WALK));
        if (order.nodes().stream().anyMatch(bad::contains)
            || order.leaves().stream().anyMatch(leaf -> bad.contains(leaf.cid()))) {
          with.add(dag);
        }
      } catch (KuboException e) {
        if (e.fault() != Fault.NOT_HELD) {
          throw e;
        }
        with.add(dag);
      } catch (IOException | IpfsDataException e) {
        with.add(dag);
      }
    }
    return with;
  }
}
