package dev.longshore.pinner;

import dev.longshore.catalog.PeerStates;
import dev.longshore.model.PeerName;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Peers that the settings lack. The list of peers may be incomplete for a while, or by a mistake:
 * those that it lacks count as away first, and as long as a guard stops what many had.
 */
final class LeftPeers {
  private final PeerStates states;
  private final Duration lostAfter;
  private final Consumer<Peer> forget;
  private final Clock clock;

  /** Those that have left the settings, each with when it did. */
  private volatile Map<Peer, Instant> left = Map.of();

  /** Those that the settings lacked when this process began, as far as somebody asked for them. */
  private final Map<PeerName, Peer> recorded = new ConcurrentHashMap<>();

  /**
   * @param forget has all forgotten that is known of a peer at its former address
   */
  LeftPeers(PeerStates states, Duration lostAfter, Consumer<Peer> forget, Clock clock) {
    this.states = states;
    this.lostAfter = lostAfter;
    this.forget = forget;
    this.clock = clock;
  }

  /** Other settings count now. */
  void replaced(Collection<Peer> before, Collection<Peer> now) {
    Map<Peer, Instant> gone = new HashMap<>(left);
    before.forEach(peer -> gone.putIfAbsent(peer, clock.instant()));
    gone.keySet().removeAll(now);
    // One with another address is met anew.
    gone.keySet().forEach(forget);
    Set<PeerName> names = now.stream().map(Peer::name).collect(Collectors.toSet());
    gone.keySet().removeIf(peer -> names.contains(peer.name()));
    left = Map.copyOf(gone);
  }

  /** The peer of that name, if it still counts. */
  Optional<Peer> missed(PeerName name, HeldMoves held) {
    Optional<Peer> known =
        left.keySet().stream()
            .filter(peer -> peer.name().equals(name))
            .max(Comparator.comparing(left::get));
    if (known.filter(this::leftLately).isPresent()) {
      return known;
    }
    return held.countsThoughItLeft(name) ? known.or(() -> recorded(name)) : Optional.empty();
  }

  private Optional<Peer> recorded(PeerName name) {
    return Optional.ofNullable(
        recorded.computeIfAbsent(name, n -> states.of(n).map(Peer::left).orElse(null)));
  }

  /** Whether it left so lately that it does not count as lost yet. */
  boolean leftLately(Peer peer) {
    Instant lost = clock.instant().minus(lostAfter);
    return Optional.ofNullable(left.get(peer)).filter(at -> at.isAfter(lost)).isPresent();
  }

  /** A step that still ends with earlier settings may have met one of them. */
  void forget(Predicate<PeerName> isConfigured) {
    left.keySet().forEach(forget);
    recorded.values().stream().filter(peer -> !isConfigured.test(peer.name())).forEach(forget);
  }
}
