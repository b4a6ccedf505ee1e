package dev.longshore.pinner;

import dev.longshore.events.PeerState;
import dev.longshore.ipfs.node.Fault;
import dev.longshore.ipfs.node.IpfsNode;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.model.PeerName;
import dev.longshore.runtime.config.PeerPlace;
import dev.longshore.runtime.config.PeerSettings;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.function.Function;

/**
 * A node that keeps copies, or that images are first written to.
 *
 * @param place its placement settings, which decide which copies it gets
 * @param keeps whether it keeps copies; otherwise images are only written to it first
 * @param mayBePublic whether it may get copies even if strangers can reach it
 * @param secured whether calls to it use TLS, which is slower
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

  /** A peer that is no longer in the settings, from its record. It is never called. */
  static Peer left(PeerState recorded) {
    return new Peer(
        recorded.peer(),
        PeerPlace.of(recorded.zone()),
        true,
        false,
        false,
        recorded.addresses(),
        outOfReach(recorded.peer()));
  }

  private static IpfsNode outOfReach(PeerName peer) {
    return (IpfsNode)
        Proxy.newProxyInstance(
            Peer.class.getClassLoader(),
            new Class<?>[] {IpfsNode.class},
            (_, method, arguments) ->
                switch (method.getName()) {
                  case "name", "toString" -> peer.text();
                  case "hashCode" -> peer.hashCode();
                  case "equals" ->
                      arguments[0] instanceof IpfsNode other && other.name().equals(peer.text());
                  default ->
                      throw new KuboException(
                          Fault.UNREACHABLE,
                          peer.text(),
                          method.getName(),
                          0,
                          "it is not in the settings",
                          null);
                });
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
