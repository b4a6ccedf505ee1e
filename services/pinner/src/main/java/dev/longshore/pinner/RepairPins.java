package dev.longshore.pinner;

import dev.longshore.catalog.Catalog;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.ipfs.node.PinNames;
import dev.longshore.ipfs.node.PinProgress;
import dev.longshore.model.Cid;
import dev.longshore.model.ImageDag;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Pins on a block that is replaced: ours go for a moment and come back under their names. */
final class RepairPins {
  private final Catalog catalog;
  private final String pinPrefix;
  private final PinLimits limits;

  /**
   * @param pinPrefix how the names of this installation's pins begin: no other is removed
   */
  RepairPins(Catalog catalog, String pinPrefix, PinLimits limits) {
    this.catalog = catalog;
    this.pinPrefix = pinPrefix;
    this.limits = limits;
  }

  void remove(Peer peer, Set<ImageDag> images) throws KuboException {
    for (ImageDag dag : images) {
      peer.node().unpin(dag.cid(), pinPrefix, soon());
    }
  }

  /** A pin with another owner's name, which stays; collects the names of the others. */
  Optional<RepairObstacle> ofOthers(Peer peer, Set<ImageDag> images, Map<ImageDag, String> names)
      throws KuboException {
    peer.node()
        .pins(
            pin -> {
              ImageDag dag = new ImageDag(pin.root());
              if (images.contains(dag)) {
                names.put(dag, pin.name());
              }
            },
            Deadline.after(limits.verification()));
    return names.entrySet().stream()
        .filter(pin -> !PinNames.isOf(pinPrefix, pin.getValue()))
        .findFirst()
        .flatMap(
            pin ->
                RepairObstacle.ofPin(
                    "a pin of somebody else, named '%s', holds %s"
                        .formatted(pin.getValue(), pin.getKey()),
                    peer,
                    pin.getKey()));
  }

  /** One of ours that is about to be recorded or removed. */
  Optional<RepairObstacle> on(Peer peer, Cid block, String how) throws KuboException {
    Set<Cid> ours = new HashSet<>();
    peer.node()
        .pins(
            pin -> {
              boolean holds = pin.root().equals(block) || how.contains(pin.root().toString());
              if (holds && PinNames.isOf(pinPrefix, pin.name())) {
                ours.add(pin.root());
              }
            },
            Deadline.after(limits.verification()));
    return ours.isEmpty()
        ? RepairObstacle.ofPin(
            "a pin that is no copy holds block %s (%s)".formatted(block, how),
            peer,
            "the root that ipfs pin ls " + block + " names")
        : RepairObstacle.passing(
            "our pin of %s holds block %s, and no copy of it is recorded as mending yet"
                .formatted(ours.iterator().next(), block));
  }

  /** Restores the pins' former names, if known. A failure does not stop the others. */
  void restore(Peer peer, Set<ImageDag> images, Map<ImageDag, String> names) throws KuboException {
    @Nullable KuboException failure = null;
    for (ImageDag dag : images) {
      try {
        pin(peer, dag, names.get(dag));
      } catch (KuboException e) {
        failure = e;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  private void pin(Peer peer, ImageDag dag, @Nullable String name) throws KuboException {
    if (name != null || !peer.node().isPinned(dag.cid(), soon())) {
      peer.node()
          .pin(
              dag.cid(),
              name == null
                  ? PinNames.copy(pinPrefix, PinSources.of(catalog.conversions().byDag(dag)))
                  : name,
              limits.stall(),
              Deadline.after(limits.whole()),
              PinProgress.NONE);
    }
  }

  private Deadline soon() {
    return Deadline.after(limits.call());
  }
}
