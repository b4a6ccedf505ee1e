package dev.longshore.pinner;

import dev.longshore.ipfs.Block;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.hold.HoldNode;
import dev.longshore.ipfs.node.Fault;
import dev.longshore.ipfs.node.HeldImport;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import dev.longshore.model.PeerName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * Requests for collections, which stand at the peers themselves: small pinned nodes. Whoever
 * collects takes off those that stood there before a collection began, once it has ended. So one
 * that is gone was served, whichever of the two was killed meanwhile.
 */
final class CollectionRequests {
  private static final String WHAT = "collect:";

  private final String prefix;
  private final PinLimits limits;

  /** Requests of this process that were not seen to be served. */
  private final Map<Wish, Cid> open = new ConcurrentHashMap<>();

  private record Wish(PeerName peer, Cid dag) {}

  /**
   * @param pinPrefix how the names of this installation's pins begin
   */
  CollectionRequests(String pinPrefix, PinLimits limits) {
    this.prefix = pinPrefix + WHAT;
    this.limits = limits;
  }

  /**
   * Whether the collection that was requested for this image has ended; requests one otherwise.
   *
   * @param anew whether only a collection from now on counts
   */
  boolean isServed(Peer peer, Cid dag, boolean anew) throws KuboException {
    Wish wish = new Wish(peer.name(), dag);
    Cid request = open.get(wish);
    if (request == null || anew) {
      open.put(wish, request(peer));
      return false;
    }
    if (peer.node().isPinned(request, Deadline.after(limits.call()))) {
      return false;
    }
    open.remove(wish, request);
    return true;
  }

  /** No name is used twice: the request before may be served by a collection that began already. */
  Cid request(Peer peer) throws KuboException {
    String name = prefix + UUID.randomUUID();
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    Cid leaf = Cid.raw(HexFormat.of().parseHex(Digest.of(bytes).hex()));
    Block node = HoldNode.of(name, Set.of(leaf));
    try (HeldImport held =
        peer.node().importHeld(Deadline.after(limits.verification()), limits.call())) {
      held.put(leaf, bytes, 0, bytes.length);
      held.hold(node);
      return node.cid();
    } catch (KuboException e) {
      throw e;
    } catch (IOException e) {
      throw new KuboException(
          Fault.FAILED,
          peer.name().text(),
          "request a collection",
          0,
          String.valueOf(e.getMessage()),
          e);
    }
  }

  /**
   * The requests of all pinners.
   *
   * @param names what stands in nodes at a peer
   */
  Set<Cid> among(Map<Cid, String> names) {
    return names.entrySet().stream()
        .filter(node -> node.getValue().startsWith(prefix))
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }

  /** A collection has ended that began after these were seen. */
  void served(Peer peer, Set<Cid> requests) throws KuboException {
    if (!requests.isEmpty()) {
      peer.node().unpinAll(requests, Deadline.after(limits.call()));
    }
  }
}
