package dev.longshore.pinner;

import dev.longshore.model.Cid;
import dev.longshore.model.PeerName;
import dev.longshore.rules.PlacementSettings.Spread;
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
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Which peers are to keep a DAG. The same peers, rule and DAG give the same choice anywhere, and a
 * peer that joins or leaves moves only its own share: rendezvous hashing, weighted as in
 * Schindelhauer and Schomaker, "Weighted Distributed Hash Tables" (2005).
 */
final class Placement {
  /** Steps of a double between 0 and 1. */
  private static final double STEP = 0x1.0p-53;

  private final CopyRule rule;
  private final List<Peer> ranked;
  private final List<Peer> chosen = new ArrayList<>();
  private final Map<String, Integer> copiesInZone = new HashMap<>();

  private Placement(Cid dag, CopyRule rule, List<Peer> peers) {
    this.rule = rule;
    Map<PeerName, Double> scores = new HashMap<>();
    peers.forEach(peer -> scores.put(peer.name(), score(dag, peer)));
    // Names break ties, so that the order of the configuration never counts.
    this.ranked =
        peers.stream()
            .sorted(
                Comparator.comparing((Peer peer) -> scores.get(peer.name()))
                    .reversed()
                    .thenComparing(peer -> peer.name().text()))
            .toList();
  }

  /**
   * Chooses peers for further copies: as few in one zone as the rule asks for, then by rank.
   *
   * @param holders peers that have a copy
   * @param excluded names of peers that are not to be tried now
   * @param ingestPeer name of the peer that has the blocks already, if one does: it comes first
   * @param count copies to make
   */
  static List<Peer> choose(
      Cid dag,
      CopyRule rule,
      List<Peer> peers,
      List<Peer> holders,
      Set<PeerName> excluded,
      @Nullable PeerName ingestPeer,
      int count) {
    List<Peer> candidates = new ArrayList<>(peers);
    candidates.removeAll(holders);
    candidates.removeIf(
        peer -> excluded.contains(peer.name()) || !rule.placement().allows(peer.place().labels()));
    Placement placement = new Placement(dag, rule, candidates);
    holders.forEach(placement::count);
    Predicate<Peer> avoided = peer -> rule.placement().avoids(peer.place().labels());
    placement.take(1, count, peer -> peer.name().equals(ingestPeer) && !avoided.test(peer));
    placement.take(count, count, avoided.negate());
    placement.take(count, Math.min(count, rule.min() - holders.size()), avoided);
    return placement.chosen;
  }

  /** Takes some more, up to so many in all. */
  private void take(int more, int inAll, Predicate<Peer> which) {
    List<Peer> left = new ArrayList<>(ranked.stream().filter(which).toList());
    left.removeAll(chosen);
    for (int i = 0; i < more && chosen.size() < inAll && !left.isEmpty(); i++) {
      Peer next = next(left);
      left.remove(next);
      chosen.add(next);
      count(next);
    }
  }

  private Peer next(List<Peer> left) {
    return rule.placement().spread() == Spread.NONE
        ? left.getFirst()
        : left.stream().min(Comparator.comparingInt(this::copiesBeside)).orElseThrow();
  }

  private int copiesBeside(Peer peer) {
    return copiesInZone.getOrDefault(peer.zone(), 0);
  }

  private void count(Peer peer) {
    copiesInZone.merge(peer.zone(), 1, Integer::sum);
  }

  /** The higher the likelier, in proportion to the weight. */
  private static double score(Cid dag, Peer peer) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      sha256.update(dag.bytes());
      long drawn =
          ByteBuffer.wrap(sha256.digest(peer.name().text().getBytes(StandardCharsets.UTF_8)))
              .getLong();
      double uniform = ((drawn >>> 11) + 0.5) * STEP;
      return -peer.place().weight() / Math.log(uniform);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
