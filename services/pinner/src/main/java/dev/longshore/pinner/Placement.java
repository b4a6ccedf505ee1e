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
 * Chooses the peers for a DAG. The same peers, rule and DAG give the same choice anywhere, and a
 * peer that joins or leaves moves only its own share: rendezvous hashing, weighted as in
 * Schindelhauer and Schomaker, "Weighted Distributed Hash Tables" (2005).
 */
final class Placement {
  /** The spacing of doubles between 0 and 1. */
  private static final double STEP = 0x1.0p-53;

  private final CopyRule rule;
  private final List<Peer> ranked;
  private final List<Peer> chosen = new ArrayList<>();
  private final Map<String, Integer> copiesInZone = new HashMap<>();

  private Placement(Cid dag, CopyRule rule, List<Peer> peers, Set<PeerName> preferred) {
    this.rule = rule;
    Map<PeerName, Double> scores = new HashMap<>();
    peers.forEach(peer -> scores.put(peer.name(), score(dag, peer)));
    // Names break ties, so that the order of the configuration never counts.
    this.ranked =
        peers.stream()
            .sorted(
                Comparator.comparing((Peer peer) -> preferred.contains(peer.name()))
                    .thenComparing(peer -> scores.get(peer.name()))
                    .reversed()
                    .thenComparing(peer -> peer.name().text()))
            .toList();
  }

  /**
   * Chooses peers for further copies: spread over zones as the rule asks, then by rank.
   *
   * @param holders peers that have a copy
   * @param excluded names of peers not to try now
   * @param ingestPeer name of the peer that already has the blocks, if any: it comes first
   * @param preferred names of peers that come before equally good ones
   * @param count copies to make
   */
  static List<Peer> choose(
      Cid dag,
      CopyRule rule,
      List<Peer> peers,
      List<Peer> holders,
      Set<PeerName> excluded,
      @Nullable PeerName ingestPeer,
      Set<PeerName> preferred,
      int count) {
    List<Peer> candidates = new ArrayList<>(peers);
    candidates.removeAll(holders);
    candidates.removeIf(
        peer -> excluded.contains(peer.name()) || !rule.placement().allows(peer.place().labels()));
    Placement placement = new Placement(dag, rule, candidates, preferred);
    holders.forEach(placement::count);
    Predicate<Peer> avoided = placement::isAvoided;
    placement.take(1, count, peer -> peer.name().equals(ingestPeer) && !avoided.test(peer));
    placement.take(count, count, avoided.negate());
    placement.take(count, Math.min(count, rule.min() - holders.size()), avoided);
    return placement.chosen;
  }

  /**
   * The holders whose copies go once others have enough: peers without a required label, those
   * beyond the wanted number, and those with a better alternative, in a zone with fewer copies or
   * among peers not to avoid. Nothing moves for a better rank alone.
   *
   * @param excluded names of peers that cannot get a copy now
   */
  static List<Peer> leaving(
      Cid dag, CopyRule rule, List<Peer> peers, List<Peer> holders, Set<PeerName> excluded) {
    Placement placement = new Placement(dag, rule, holders, Set.of());
    List<Peer> staying = new ArrayList<>(placement.ranked);
    staying.removeIf(peer -> !rule.placement().allows(peer.place().labels()));
    staying.forEach(placement::count);
    while (staying.size() > rule.copies()) {
      placement.leave(placement.worst(staying), staying);
    }
    if (staying.size() == rule.copies()) {
      placement.improve(dag, peers, staying, excluded);
    }
    List<Peer> leaving = new ArrayList<>(holders);
    leaving.removeAll(staying);
    return leaving;
  }

  /** Replaces copies one by one while there are better peers. */
  private void improve(Cid dag, List<Peer> peers, List<Peer> staying, Set<PeerName> excluded) {
    while (!staying.isEmpty()) {
      List<Peer> better =
          choose(dag, rule, without(peers, ranked), with(staying), excluded, null, Set.of(), 1);
      Peer worst = worst(staying);
      if (better.isEmpty() || !isBetter(better.getFirst(), worst)) {
        return;
      }
      leave(worst, staying);
      chosen.addAll(better);
      better.forEach(this::count);
    }
  }

  private static List<Peer> without(List<Peer> peers, List<Peer> some) {
    List<Peer> left = new ArrayList<>(peers);
    left.removeAll(some);
    return left;
  }

  private List<Peer> with(List<Peer> staying) {
    List<Peer> all = new ArrayList<>(staying);
    all.addAll(chosen);
    return all;
  }

  private void leave(Peer peer, List<Peer> staying) {
    staying.remove(peer);
    copiesInZone.merge(peer.zone(), -1, Integer::sum);
  }

  /** The first to lose its copy, from several in order of rank. */
  private Peer worst(List<Peer> staying) {
    return staying.reversed().stream()
        .max(
            Comparator.comparing(this::isAvoided)
                .thenComparingInt(peer -> isSpread() ? copiesBeside(peer) : 0))
        .orElseThrow();
  }

  private boolean isBetter(Peer other, Peer than) {
    return isAvoided(than) || (isSpread() && copiesBeside(than) - copiesBeside(other) >= 2);
  }

  private boolean isAvoided(Peer peer) {
    return rule.placement().avoids(peer.place().labels());
  }

  private boolean isSpread() {
    return rule.placement().spread() != Spread.NONE;
  }

  /** Takes more peers, up to a total. */
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
    return isSpread()
        ? left.stream().min(Comparator.comparingInt(this::copiesBeside)).orElseThrow()
        : left.getFirst();
  }

  private int copiesBeside(Peer peer) {
    return copiesInZone.getOrDefault(peer.zone(), 0);
  }

  private void count(Peer peer) {
    copiesInZone.merge(peer.zone(), 1, Integer::sum);
  }

  /** A rendezvous score: chances in proportion to the weight. */
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
