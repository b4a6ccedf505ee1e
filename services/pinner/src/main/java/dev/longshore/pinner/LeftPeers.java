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
 * Peers that are no longer in the settings. The list may be incomplete for a while, or by mistake:
 * missing peers count as away at first, and for as long as a guard holds.
 */
final class LeftPeers {
  private final PeerStates states;
  private final Duration lostAfter;
  private final Consumer<Peer> forget;
  private final Clock clock;

  /** Peers that left the settings, with the time. */
  private volatile Map<Peer, Instant> left = Map.of();

  /** Peers missing from the settings when this process began, looked up on demand. */
  private final Map<PeerName, Peer> recorded = new ConcurrentHashMap<>();

  /**
   * @param forget drops everything known of a peer at its former address
   */
  LeftPeers(PeerStates states, Duration lostAfter, Consumer<Peer> forget, Clock clock) {
    this.states = states;
    this.lostAfter = lostAfter;
    this.forget = forget;
    this.clock = clock;
  }

  /** The settings were replaced. */
  void replaced(Collection<Peer> before, Collection<Peer> now) {
    Map<Peer, Instant> gone = new HashMap<>(left);
    before.forEach(peer -> gone.putIfAbsent(peer, clock.instant()));
    gone.keySet().removeAll(now);
    // A peer with another address counts as new.
    gone.keySet().forEach(forget);
    Set<PeerName> names = now.stream().map(Peer::name).collect(Collectors.toSet());
    gone.keySet().removeIf(peer -> names.contains(peer.name()));
    left = Map.copyOf(gone);
  }

  /** The peer of that name, if it still counts. */
  Optional<Peer> missed(PeerName name, MoveGuards held) {
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

  /** Whether it left too recently to count as lost. */
  boolean leftLately(Peer peer) {
    Instant lost = clock.instant().minus(lostAfter);
    return Optional.ofNullable(left.get(peer)).filter(at -> at.isAfter(lost)).isPresent();
  }

  /** Forgets them again: a step with earlier settings may just have used one. */
  void forget(Predicate<PeerName> isConfigured) {
    left.keySet().forEach(forget);
    recorded.values().stream().filter(peer -> !isConfigured.test(peer.name())).forEach(forget);
  }
}
