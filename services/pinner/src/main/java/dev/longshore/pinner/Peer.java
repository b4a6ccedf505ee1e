package dev.longshore.pinner;

import dev.longshore.ipfs.kubo.IpfsNode;
import dev.longshore.model.PeerName;
import dev.longshore.runtime.config.PeerPlace;
import dev.longshore.runtime.config.PeerSettings;
import java.util.List;
import java.util.function.Function;

/**
 * A node that keeps copies, or the one that images are first written to.
 *
 * @param place what decides which copies it gets
 * @param keeps whether it keeps copies; else images are only written to it first
 * @param mayBePublic whether it may get copies though strangers can reach it
 * @param secured whether calls to it go over TLS, which takes its time
 * @param announced multiaddrs at which others reach it; asked of the node if empty
 */
record Peer(
    PeerName name,
    PeerPlace place,
    boolean keeps,
    boolean mayBePublic,
    boolean secured,
    List<String> announced,
    IpfsNode node) {
  Peer {
    announced = List.copyOf(announced);
  }

  /** The configured peer, with the node that this opens for it. */
  static Peer of(PeerSettings peer, Function<PeerSettings, IpfsNode> nodes) {
    return new Peer(
        new PeerName(peer.name()),
        peer.place(),
        peer.keep(),
        peer.allowPublicIpfs(),
        "https".equalsIgnoreCase(peer.rpc().getScheme()),
        peer.swarm(),
        nodes.apply(peer));
  }

  String zone() {
    return place.zone();
  }

  /** Name under which all work on it pauses when it is away. */
  String endpoint() {
    return endpoint(name);
  }

  static String endpoint(PeerName name) {
    return "kubo " + name;
  }
}
