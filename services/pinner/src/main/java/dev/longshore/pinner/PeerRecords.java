package dev.longshore.pinner;

import dev.longshore.catalog.PeerStates;
import dev.longshore.events.PeerPhase;
import dev.longshore.events.PeerState;
import dev.longshore.events.PeerState.Scrub;
import dev.longshore.model.PeerName;
import dev.longshore.pinner.PeerSpace.Space;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The records of the peers that keep copies, which outlive the pinner. */
final class PeerRecords {
  /** Frequent changes are recorded this seldom, or with another change. */
  static final Duration SELDOM = Duration.ofMinutes(5);

  private final Peers peers;
  private final PeerWatch watch;
  private final LostPeers losses;
  private final FullPeers storage;
  private final PeerSpace room;
  private final PeerDecisions decisions;
  private final UnknownPins unknown;
  private final Scrubbing scrubbing;
  private final PeerStates recorded;
  private final InstantSource clock;
  private final Map<PeerName, Often> often = new ConcurrentHashMap<>();

  /**
   * The recorded values that change often.
   *
   * @param at when this process first saw them recorded; the distant past if before its start
   */
  private record Often(
      @Nullable Long unknownPins, @Nullable Scrub scrub, @Nullable Long free, Instant at) {
    boolean is(PeerState state) {
      return Objects.equals(unknownPins, state.unknownPins())
          && Objects.equals(scrub, state.scrub())
          && Objects.equals(free, state.freeBytes());
    }
  }

  PeerRecords(
      Peers peers,
      PeerWatch watch,
      LostPeers losses,
      FullPeers storage,
      PeerSpace room,
      PeerDecisions decisions,
      UnknownPins unknown,
      Scrubbing scrubbing,
      PeerStates recorded,
      InstantSource clock) {
    this.peers = peers;
    this.watch = watch;
    this.losses = losses;
    this.storage = storage;
    this.room = room;
    this.decisions = decisions;
    this.unknown = unknown;
    this.scrubbing = scrubbing;
    this.recorded = recorded;
    this.clock = clock;
  }

  /** Peers whose records are outdated. */
  List<Peer> outdated() {
    return peers.keepers().stream().filter(peer -> newer(peer).isPresent()).toList();
  }

  /**
   * The first record of a peer, written together with its first copy, so that readers of the copy
   * find the peer.
   */
  Optional<PeerState> first(Peer peer) {
    return recorded.of(peer.name()).isPresent() ? Optional.empty() : newer(peer);
  }

  /** The peer's new record, if it differs from the current one. */
  Optional<PeerState> newer(Peer peer) {
    Optional<PeerState> last = recorded.of(peer.name());
    boolean waits = last.isPresent() && isYoung(last.get()) && !isSpaceNew(peer, last.get());
    return phase(peer)
        .map(phase -> now(peer, phase, last, waits))
        .filter(now -> !last.equals(Optional.of(now)));
  }

  /** Whether nothing is recorded of the peer's space, and it is known now. */
  private boolean isSpaceNew(Peer peer, PeerState last) {
    return last.freeBytes() == null && room.space(peer).isPresent();
  }

  /** Whether frequent changes were recorded recently: every process follows these records. */
  private boolean isYoung(PeerState last) {
    Often known =
        often.compute(
            last.peer(),
            (_, before) ->
                before != null && before.is(last)
                    ? before
                    : new Often(
                        last.unknownPins(),
                        last.scrub(),
                        last.freeBytes(),
                        before == null ? Instant.MIN : clock.instant()));
    return known.at().isAfter(clock.instant().minus(SELDOM));
  }

  /** Empty for a peer that was not called yet. */
  private Optional<PeerPhase> phase(Peer peer) {
    if (watch.awaySince(peer).isPresent()) {
      return Optional.of(losses.isLost(peer) ? PeerPhase.LOST : PeerPhase.AWAY);
    }
    return watch.isHere(peer) ? Optional.of(PeerPhase.UP) : Optional.empty();
  }

  private PeerState now(Peer peer, PeerPhase phase, Optional<PeerState> last, boolean waits) {
    Optional<Space> space = waits ? Optional.empty() : room.space(peer);
    Long pins = waits ? last.map(PeerState::unknownPins).orElse(null) : unknownPins(peer, last);

    return new PeerState(
        peer.name(),
        watch.peerId(peer).orElse(null),
        watch.addresses(peer),
        peer.zone(),
        phase,
        watch.awaySince(peer).orElseGet(() -> upSince(peer.name(), last)),
        storage.lacksRoom(peer) ? last.map(PeerState::fullSince).orElseGet(clock::instant) : null,
        decisions.onHoldSince(peer.name()).orElse(null),
        decisions.drainingSince(peer.name()).orElse(null),
        space.map(Space::free).or(() -> last.map(PeerState::freeBytes)).orElse(null),
        space.map(Space::total).or(() -> last.map(PeerState::totalBytes)).orElse(null),
        scrub(peer, last.map(PeerState::scrub).orElse(null), waits),
        pins,
        unknown
            .forgetsHeeded(peer.name())
            .or(() -> last.map(PeerState::forgetsHeeded))
            .filter(count -> count > 0)
            .orElse(null));
  }

  private @Nullable Scrub scrub(Peer peer, @Nullable Scrub last, boolean waits) {
    Optional<Scrub> now = scrubbing.of(peer.name()).flatMap(PeerScrub::record);
    return now.isEmpty() || (last != null && waits && Scrubbing.isFurther(last, now.get()))
        ? last
        : now.get();
  }

  private @Nullable Long unknownPins(Peer peer, Optional<PeerState> last) {
    OptionalLong now = unknown.at(peer.name());
    if (now.isEmpty()) {
      return last.map(PeerState::unknownPins).orElse(null);
    }
    return now.getAsLong() == 0 ? null : Long.valueOf(now.getAsLong());
  }

  /** Restarts for a peer that is back in the settings, which ends any confirmation that it left. */
  private Instant upSince(PeerName peer, Optional<PeerState> last) {
    Optional<Instant> left = decisions.leftForGoodAt(peer);
    return last.filter(state -> state.state() == PeerPhase.UP)
        .map(PeerState::stateSince)
        .filter(since -> left.isEmpty() || since.isAfter(left.get()))
        .orElseGet(clock::instant);
  }
}
