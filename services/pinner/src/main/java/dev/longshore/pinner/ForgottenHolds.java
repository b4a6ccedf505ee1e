package dev.longshore.pinner;

import dev.longshore.catalog.Catalog;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.hold.HoldName;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What conversions of forgotten images hold at a peer. Such a conversion ends at its next import or
 * before its pin, so nobody needs what it holds; if its process was killed, nobody else ends it.
 */
final class ForgottenHolds {
  private static final Logger LOG = LoggerFactory.getLogger(ForgottenHolds.class);
  private final Catalog catalog;
  private final String pinPrefix;
  private final PinLimits limits;

  /**
   * @param pinPrefix how the names of this installation's pins begin
   */
  ForgottenHolds(Catalog catalog, String pinPrefix, PinLimits limits) {
    this.catalog = catalog;
    this.pinPrefix = pinPrefix;
    this.limits = limits;
  }

  /**
   * The nodes of forgotten images.
   *
   * @param names what stands in nodes at a peer
   */
  Set<Cid> among(Map<Cid, String> names) {
    Set<Cid> found = new HashSet<>();
    if (!names.isEmpty()) {
      Set<Digest> forgotten = catalog.decisions().forgottenDigests();
      names.forEach(
          (node, name) ->
              HoldName.parse(pinPrefix, name)
                  .filter(hold -> forgotten.stream().anyMatch(hold::isOf))
                  .ifPresent(_ -> found.add(node)));
    }
    return found;
  }

  /** Takes them off; their blocks are garbage then. */
  void end(Peer peer, Set<Cid> nodes) throws KuboException {
    if (!nodes.isEmpty()) {
      peer.node().unpinAll(nodes, Deadline.after(limits.call()));
      LOG.info(
          "{} pins on {} held blocks for conversions of forgotten images",
          nodes.size(),
          peer.name());
    }
  }
}
