package dev.longshore.pinner;

import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.hold.HoldNode;
import dev.longshore.ipfs.node.Fault;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.ipfs.node.Reach;
import dev.longshore.model.Cid;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Reads whose the pins are that hold blocks without being an image's: a list has no names. */
final class HeldNodes {
  /** Names remembered: a name never changes, and few nodes stand at a time. */
  private static final int REMEMBERED = 10_000;

  private final PinLimits limits;
  private final Map<Cid, Optional<String>> read = new ConcurrentHashMap<>();

  HeldNodes(PinLimits limits) {
    this.limits = limits;
  }

  /** What stands in these nodes of the peer; of others nothing. */
  Map<Cid, String> names(Peer peer, PinSet pins) throws KuboException {
    Map<Cid, String> names = new LinkedHashMap<>();
    for (Cid node : pins.holders()) {
      name(peer, node).ifPresent(name -> names.put(node, name));
    }
    return names;
  }

  private Optional<String> name(Peer peer, Cid node) throws KuboException {
    Optional<String> known = read.get(node);
    if (known != null) {
      return known;
    }
    Optional<String> name;
    try {
      name = HoldNode.name(peer.node().block(node, Reach.LOCAL, Deadline.after(limits.call())));
    } catch (KuboException e) {
      if (e.fault() == Fault.NOT_HELD) {
        return Optional.empty(); // its pin went meanwhile
      }
      throw e;
    }
    if (read.size() >= REMEMBERED) {
      read.clear();
    }
    read.put(node, name);
    return name;
  }
}
