package dev.longshore.pinner;

import dev.longshore.events.CopyStatus;
import dev.longshore.events.PinState;
import dev.longshore.events.PinState.Copy;
import dev.longshore.model.ImageDag;
import dev.longshore.model.PeerName;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The copies of one DAG while a step works on them; kept by one thread. */
final class Copies {
  private final ImageDag dag;
  private final CopyRule rule;
  private final @Nullable PeerName ingestPeer;
  private final Peers peers;
  private final Clock clock;
  private final Map<PeerName, Copy> byPeer = new LinkedHashMap<>();
  private boolean ingestReleased;

  /**
   * Goes on where the last step ended; copies on peers that are no longer configured do not count.
   */
  Copies(
      ImageDag dag,
      CopyRule rule,
      @Nullable PeerName ingestPeer,
      Optional<PinState> before,
      Peers peers,
      Clock clock) {
    this.dag = dag;
    this.rule = rule;
    this.ingestPeer = ingestPeer;
    this.peers = peers;
    this.clock = clock;
    this.ingestReleased = ingestPeer == null;
    before.ifPresent(
        state -> {
          if (state.ingestReleased() && Objects.equals(ingestPeer, state.ingestPeer())) {
            ingestReleased = true;
          }
          for (Copy copy : state.copies()) {
            if (peers.find(copy.peer()).filter(Peer::keeps).isPresent()) {
              byPeer.put(copy.peer(), copy);
            }
          }
        });
  }

  CopyRule rule() {
    return rule;
  }

  int wanted() {
    return rule.copies();
  }

  /** The peer that the converter wrote to; none of a DAG that was found on a peer. */
  @Nullable PeerName ingestPeer() {
    return ingestPeer;
  }

  boolean ingestReleased() {
    return ingestReleased;
  }

  void releasedIngest() {
    ingestReleased = true;
  }

  /** The ingest peer must be released again: the converter wrote the DAG once more. */
  void holdIngest() {
    ingestReleased = false;
  }

  /** A copy that is as it was keeps its time. */
  void set(Peer peer, CopyOutcome outcome) {
    Copy old = byPeer.get(peer.name());
    Copy now =
        switch (outcome) {
          case CopyOutcome.Pinning() ->
              copy(peer, old == null ? "" : old.peerId(), List.of(), CopyStatus.PINNING, 0, null);
          case CopyOutcome.Verified(String peerId, List<String> addresses, long bytes) ->
              copy(peer, peerId, addresses, CopyStatus.VERIFIED, bytes, null);
          case CopyOutcome.Failed(String error, boolean _) ->
              copy(peer, old == null ? "" : old.peerId(), List.of(), CopyStatus.FAILED, 0, error);
        };
    if (old == null || !now.equals(at(now.changedAt(), old))) {
      byPeer.put(peer.name(), now);
    }
  }

  private static Copy at(Instant instant, Copy copy) {
    return new Copy(
        copy.peer(),
        copy.site(),
        copy.peerId(),
        copy.addresses(),
        copy.status(),
        copy.bytes(),
        copy.error(),
        instant);
  }

  private Copy copy(
      Peer peer,
      String peerId,
      List<String> addresses,
      CopyStatus status,
      long bytes,
      @Nullable String error) {
    return new Copy(
        peer.name(), peer.zone(), peerId, addresses, status, bytes, error, clock.instant());
  }

  /** Peers of which the record says anything. */
  List<Peer> tried() {
    return byPeer.keySet().stream().flatMap(name -> peers.find(name).stream()).toList();
  }

  List<Peer> verified() {
    List<Peer> verified = new ArrayList<>();
    for (Copy copy : byPeer.values()) {
      if (copy.status() == CopyStatus.VERIFIED) {
        peers.find(copy.peer()).ifPresent(verified::add);
      }
    }
    return verified;
  }

  /** Peers that others can fetch from. */
  List<Peer> sources() {
    List<Peer> sources = verified();
    if (ingestPeer != null) {
      peers.find(ingestPeer).filter(ingest -> !sources.contains(ingest)).ifPresent(sources::add);
    }
    return sources;
  }

  int missing() {
    return Math.max(0, wanted() - verified().size());
  }

  /** Whether anything but the time would change by recording these copies. */
  boolean differFrom(Optional<PinState> before) {
    PinState now = state();
    return before
        .map(
            old ->
                !old.copies().equals(now.copies())
                    || old.wanted() != now.wanted()
                    || old.ingestReleased() != now.ingestReleased()
                    || !Objects.equals(ingestPeer, old.ingestPeer()))
        .orElse(true);
  }

  PinState state() {
    return new PinState(
        dag, wanted(), List.copyOf(byPeer.values()), ingestPeer, ingestReleased, clock.instant());
  }
}
