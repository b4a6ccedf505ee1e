package dev.longshore.ipfs.kubo;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.node.Fault;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.ipfs.node.NodeId;
import dev.longshore.ipfs.node.SwarmPrivacy;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Identity, peers and their settings over Kubo's RPC. */
final class KuboSwarm {
  private final RpcExchange rpc;

  KuboSwarm(RpcExchange rpc) {
    this.rpc = rpc;
  }

  NodeId id(Deadline deadline) throws KuboException {
    RpcCall call = RpcCall.of("identify", "id");
    JsonNode id = only(call, deadline);
    String peerId = id.path("ID").asText("");
    if (peerId.isEmpty()) {
      throw rpc.faults(call).because(Fault.GARBLED, "no peer id");
    }
    return new NodeId(peerId, texts(id.path("Addresses")), id.path("AgentVersion").asText(""));
  }

  void connect(String multiaddr, Deadline deadline) throws KuboException {
    RpcCall call = RpcCall.of("connect to " + multiaddr, "swarm/connect").arg(multiaddr);
    JsonNode answer = only(call, deadline);
    List<String> lines = texts(answer.path("Strings"));
    if (lines.isEmpty() || !lines.getFirst().endsWith("success")) {
      throw rpc.faults(call).because(Fault.FAILED, "answered " + lines);
    }
  }

  void addPeering(String multiaddr, Deadline deadline) throws KuboException {
    RpcCall call = RpcCall.of("stay connected to " + multiaddr, "swarm/peering/add").arg(multiaddr);
    JsonNode answer = only(call, deadline);
    if (!answer.path("Status").asText("").equals("success")) {
      throw rpc.faults(call).because(Fault.FAILED, "answered " + answer);
    }
  }

  Set<String> peers(Deadline deadline) throws KuboException {
    Set<String> peers = new HashSet<>();
    for (JsonNode peer : only(RpcCall.of("list peers", "swarm/peers"), deadline).path("Peers")) {
      peers.add(peer.path("Peer").asText());
    }
    return peers;
  }

  SwarmPrivacy privacy(Deadline deadline) throws KuboException {
    NodeId id = id(deadline);
    JsonNode config = only(RpcCall.of("read settings", "config/show"), deadline);
    JsonNode repo =
        only(RpcCall.of("find the repository", "repo/stat").with("size-only", true), deadline);
    SwarmKeyEvidence key = SwarmKeyEvidence.of(repo.path("RepoPath").asText(""), id.peerId());
    return new PrivacyCheck(config, id.addresses(), key).result();
  }

  private JsonNode only(RpcCall call, Deadline deadline) throws KuboException {
    try (RpcAnswer answer = rpc.send(call, deadline)) {
      return answer.only();
    }
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(item -> texts.add(item.asText()));
    return texts;
  }
}
