package dev.longshore.ipfs.check;

import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.node.IpfsNode;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.ipfs.node.NodeId;
import dev.longshore.model.check.Check;
import dev.longshore.model.check.Findings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Whether the nodes are connected to each other. Nodes that are not are introduced, as the pinner
 * does, which distinguishes an unreachable node from one that nobody dialed yet.
 */
public record SwarmCheck(List<Member> members) implements Check {
  private static final Duration LIMIT = Duration.ofSeconds(3);

  public SwarmCheck {
    members = List.copyOf(members);
  }

  /**
   * A node of the swarm.
   *
   * @param swarm its configured addresses; if empty, those that it announces
   */
  public record Member(IpfsNode node, List<String> swarm) {
    public Member {
      swarm = List.copyOf(swarm);
    }
  }

  @Override
  public String part() {
    return "swarm";
  }

  @Override
  public void look(Findings findings) {
    Map<Member, NodeId> there = new LinkedHashMap<>();
    for (Member member : members) {
      id(member).ifPresent(id -> there.put(member, id));
    }
    List<Member> left = new ArrayList<>(there.keySet());
    int apart = 0;
    while (!left.isEmpty()) {
      Member one = left.removeFirst();
      for (Member other : left) {
        apart += connected(findings, one, other, there) ? 0 : 1;
      }
    }
    if (apart == 0 && there.size() > 1) {
      findings.fine(
          "look who is connected", "each of %d nodes with every other".formatted(there.size()));
    }
  }

  /** None while it is away: its own check reports that. */
  private static Optional<NodeId> id(Member member) {
    try {
      return Optional.of(member.node().id(Deadline.after(LIMIT)));
    } catch (KuboException away) {
      return Optional.empty();
    }
  }

  private static boolean connected(
      Findings findings, Member one, Member other, Map<Member, NodeId> ids) {
    NodeId id = ids.get(other);
    String tried = "connect %s to %s".formatted(one.node().name(), other.node().name());
    if (id == null) {
      return true;
    }
    String reason = "it names no address";
    try {
      Set<String> peers = one.node().peers(Deadline.after(LIMIT));
      if (peers.contains(id.peerId())) {
        return true;
      }
    } catch (KuboException e) {
      reason = e.reason();
    }
    for (String address : id.reachedAt(other.swarm())) {
      try {
        one.node().connect(id.at(address), Deadline.after(LIMIT));
        findings.fine(tried, "they were apart, and are connected now");
        return true;
      } catch (KuboException e) {
        reason = e.fault().what() + ": " + e.reason();
      }
    }
    findings.wrong(
        tried,
        reason,
        "give both the same swarm.key, open the way to port 4001 or whatever Addresses.Swarm has,"
            + " and name how others reach it as peers[].swarm");
    return false;
  }
}
