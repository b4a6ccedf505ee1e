package dev.longshore.pinner;

import dev.longshore.model.Cid;
import dev.longshore.model.PeerName;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which peers are to keep a DAG. The same peers and DAG give the same order anywhere, and a peer
 * that joins or leaves moves only its own share (rendezvous hashing).
 */
final class Placement {
  private Placement() {}

  /**
   * Chooses peers for further copies: sites without a copy first, then by rank.
   *
   * @param holders peers that have a copy
   * @param excluded names of peers that are not to be tried now
   * @param ingestPeer name of the peer that has the blocks already: it comes first
   */
  static List<Peer> choose(
      Cid dag,
      List<Peer> peers,
      List<Peer> holders,
      Set<PeerName> excluded,
      PeerName ingestPeer,
      int count) {
    Map<String, Integer> copiesAtSite = new HashMap<>();
    holders.forEach(holder -> copiesAtSite.merge(holder.site(), 1, Integer::sum));
    List<Peer> candidates = new ArrayList<>(peers);
    candidates.removeAll(holders);
    candidates.removeIf(peer -> excluded.contains(peer.name()));
    candidates.sort(Comparator.comparingLong((Peer peer) -> rank(dag, peer)).reversed());
    List<Peer> chosen = new ArrayList<>();
    candidates.stream()
        .filter(peer -> peer.name().equals(ingestPeer) && count > 0)
        .findFirst()
        .ifPresent(
            peer -> {
              candidates.remove(peer);
              copiesAtSite.merge(peer.site(), 1, Integer::sum);
              chosen.add(peer);
            });
    while (chosen.size() < count && !candidates.isEmpty()) {
      Peer next = candidates.getFirst();
      for (Peer candidate : candidates) {
        if (copiesAtSite.getOrDefault(candidate.site(), 0)
            < copiesAtSite.getOrDefault(next.site(), 0)) {
          next = candidate;
        }
      }
      candidates.remove(next);
      copiesAtSite.merge(next.site(), 1, Integer::sum);
      chosen.add(next);
    }
    return chosen;
  }

  private static long rank(Cid dag, Peer peer) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      sha256.update(dag.bytes());
      return ByteBuffer.wrap(sha256.digest(peer.name().text().getBytes(StandardCharsets.UTF_8)))
          .getLong();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
