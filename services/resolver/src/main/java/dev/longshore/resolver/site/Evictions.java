package dev.longshore.resolver.site;

import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.node.IpfsNode;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.ipfs.node.RecursivePin;
import dev.longshore.model.ImageDag;
import dev.longshore.resolver.site.LeavingDags.Leaving;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Removes unwanted images to make room; only the keeper calls it. */
final class Evictions {
  private static final Logger LOG = LoggerFactory.getLogger(Evictions.class);
  private static final Duration CALL = Duration.ofSeconds(30);
  private static final Duration COLLECT = Duration.ofHours(1);

  private final LeavingDags dags;
  private final AnyNodePlacement one;
  private final ServedNames names;
  private final IpfsNode node;
  private final RequestedDags requested;
  private final PartialPins parts;
  private final Disk disk;
  private final String pinPrefix;
  private final Runnable changed;

  /**
   * @param pinPrefix how the names of its pins begin
   * @param changed told when what the node holds has changed
   */
  Evictions(
      LeavingDags dags,
      AnyNodePlacement one,
      ServedNames names,
      IpfsNode node,
      RequestedDags requested,
      PartialPins parts,
      Disk disk,
      String pinPrefix,
      Runnable changed) {
    this.dags = dags;
    this.one = one;
    this.names = names;
    this.node = node;
    this.requested = requested;
    this.parts = parts;
    this.disk = disk;
    this.pinPrefix = pinPrefix;
    this.changed = changed;
  }

  /** What was let go of takes its room until those that run are done. */
  boolean isToCollect() {
    return requested.areWaiting() && dags.collects();
  }

  /** Whether blocks wait to be collected. */
  boolean collects() {
    return dags.collects();
  }

  /** Releases one DAG, or collects garbage; returns whether it did. */
  boolean letGo() throws KuboException, InterruptedException {
    Optional<ImageDag> due = dags.due();
    if (due.isPresent() && !one.mayGo(due.get())) {
      return true;
    }
    if (due.isPresent()) {
      evict(due.get(), dags.isForgotten(due.get()));
      return true;
    }
    return dags.collects() && requested.whileNoneComes(this::collectAround);
  }

  /** What came in part stays: over a thin line it took hours. */
  private void collectAround() throws KuboException {
    boolean held = parts.during(this::collect);
    if (held) {
      dags.leftInPart();
    }
  }

  /** It would take blocks of what comes meanwhile, as that is not pinned yet. */
  private void collect() throws KuboException {
    long blocks = node.collectGarbage(Deadline.after(COLLECT));
    dags.collected();
    LOG.info("{} blocks that nothing wants are gone", blocks);
  }

  /**
   * Releases unwanted images until there is room for this many bytes, or none is left. If all of
   * them are not enough, they stay.
   */
  void makeRoom(long bytes) throws IOException, InterruptedException {
    if (bytes > 0 && disk.space().room() + dags.unwantedBytes() < bytes && !dags.hasLeftovers()) {
      return;
    }
    while (disk.space().room() < bytes && evictOldest()) {
      if (!requested.whileNoneRuns(this::collect)) {
        return;
      }
    }
  }

  /** Releases something; partly fetched images last, as they may be requested again. */
  boolean evictOldest() throws KuboException, InterruptedException {
    Optional<ImageDag> oldest = dags.oldestUnwanted();
    while (oldest.isPresent() && !one.mayGo(oldest.get())) {
      Optional<ImageDag> next = dags.oldestUnwanted();
      oldest = next.equals(oldest) ? Optional.empty() : next;
    }
    if (oldest.isEmpty()) {
      return dags.hasLeftovers() && requested.whileNoneRuns(this::collect);
    }
    evict(oldest.get(), true);
    return true;
  }

  void evict(ImageDag dag, boolean soon) throws KuboException {
    Leaving leaving = dags.leave(dag, soon);
    names.show(leaving.keys());
    names.gone(dag, leaving.images());
    var _ = node.unpin(dag.cid(), pinPrefix, Deadline.after(CALL));
    dags.left(dag);
    LOG.info("{} is let go of", dag);
    changed.run();
  }

  /** What a process that was killed held while it collected is let go of. */
  void releaseOf(List<RecursivePin> pins) {
    parts.releaseOf(pins);
  }

  /** What came of one in part goes if others need the room. */
  void leftInPart() {
    dags.leftInPart();
  }
}
