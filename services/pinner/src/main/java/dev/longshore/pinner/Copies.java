package dev.longshore.pinner;

import dev.longshore.events.CopiesState;
import dev.longshore.events.LongshoreRecord;
import dev.longshore.events.PinPhase;
import dev.longshore.events.PinState;
import dev.longshore.model.Digest;
import dev.longshore.model.ImageDag;
import dev.longshore.model.PeerName;
import dev.longshore.runtime.kafka.step.Effects;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The copies of one DAG during a step. Used by one thread. */
final class Copies {
  /** How long to wait for a copy under repair before another replaces it. */
  static final Duration MENDS_WITHIN = Duration.ofHours(1);

  private static final CopyEvent LEFT_OVER =
      new CopyEvent.TryFailed("the pinner ended before the copy was there", false);

  private final ImageDag dag;
  private final CopyRule rule;
  private final @Nullable PeerName ingestPeer;
  private final Peers peers;
  private final Clock clock;
  private final PeerCopies byPeer;
  private final CopyTries tries;
  private final CopyMoves moves;
  private Optional<PinState> pin;
  private Optional<CopiesState> recorded;
  private boolean ingestReleased;
  private long announcedBytes;
  private Set<Digest> digests = Set.of();
  private PinPhase phase;
  private List<Digest> madeOf;

  /**
   * The records of a DAG.
   *
   * @param pin the wanted and existing number of copies
   * @param copies each copy, if recorded separately
   * @param each the same, from records of the first releases as well
   */
  record Before(Optional<PinState> pin, Optional<CopiesState> copies, CopiesState each) {}

  /** Resumes where the last step ended; copies on peers that left the settings do not count. */
  Copies(
      ImageDag dag,
      CopyRule rule,
      @Nullable PeerName ingestPeer,
      Before before,
      Peers peers,
      Set<PeerName> draining,
      Clock clock) {
    this.dag = dag;
    this.rule = rule;
    this.ingestPeer = ingestPeer;
    this.peers = peers;
    this.clock = clock;
    this.byPeer = new PeerCopies(peers, clock);
    this.tries = new CopyTries(byPeer, clock);
    this.moves = new CopyMoves(byPeer, rule.copies(), peers, draining);
    this.pin = before.pin();
    this.recorded = before.copies();
    this.phase = pin.map(PinRecord::phase).orElse(PinPhase.KEPT);
    this.madeOf = pin.map(PinState::sources).orElse(List.of());
    this.ingestReleased = wasReleased();
    for (CopiesState.Copy entry : before.each().copies()) {
      boolean counts = peers.find(entry.peer()).filter(Peer::keeps).isPresent();
      // For an image being removed, remember unreachable peers that may still have it.
      if (counts || !stays()) {
        byPeer.put(entry);
      }
    }
  }

  /** Of one that was found on a peer, any may have it that takes images in, once it is to go. */
  private boolean wasReleased() {
    return ingestPeer == null
        ? pin.filter(state -> !stays() && !state.ingestReleased()).isEmpty()
        : pin.filter(state -> state.ingestReleased() && ingestPeer.equals(state.ingestPeer()))
            .isPresent();
  }

  CopyRule rule() {
    return rule;
  }

  int wanted() {
    return rule.copies();
  }

  /** The peer that the converter wrote to; null for a DAG that was found on a peer. */
  @Nullable PeerName ingestPeer() {
    return ingestPeer;
  }

  /** Whether all wanted copies were verified before. */
  boolean wereWhole() {
    return pin.filter(state -> state.allVerifiedAt() != null).isPresent();
  }

  boolean ingestReleased() {
    return ingestReleased;
  }

  void releasedIngest() {
    ingestReleased = true;
  }

  /** Source digests in the names of its pins, where no record of an image has any. */
  void madeOf(List<Digest> named) {
    madeOf = List.copyOf(named);
  }

  /** The same; none of an image that was known as its copies were last recorded. */
  List<Digest> madeOf() {
    return madeOf;
  }

  /** All source digests of the image, as records and an event tell them. */
  void digests(Set<Digest> all) {
    digests = Set.copyOf(all);
  }

  /** The same; none if they are not known. */
  Set<Digest> digests() {
    return digests;
  }

  /** The image's size from the converter, perhaps before its record can be read. */
  void announced(long bytes) {
    announcedBytes = bytes;
  }

  /** That size; 0 if unknown. */
  long announcedBytes() {
    return announcedBytes;
  }

  /** The ingest peer must be released again: the converter wrote the DAG once more. */
  void holdIngest() {
    ingestReleased = false;
  }

  /** When those that failed are tried again. */
  CopyTries tries() {
    return tries;
  }

  /** Which of them move to other peers. */
  CopyMoves moves() {
    return moves;
  }

  void set(Peer peer, CopyEvent event) {
    byPeer.set(peer, event);
  }

  Copy of(Peer peer) {
    return byPeer.of(peer);
  }

  /**
   * Begins to remove the image everywhere.
   *
   * @param doubted peers that may have it although it was found gone there
   */
  void release(Collection<PeerName> doubted) {
    boolean begins = phase != PinPhase.RELEASING && phase != PinPhase.GONE;
    if (begins || peers.others().stream().anyMatch(peer -> doubted.contains(peer.name()))) {
      holdIngest();
    }
    for (Peer peer : peers.keepers()) {
      boolean mayHaveIt = doubted.contains(peer.name()) || isIngest(peer);
      if (begins || mayHaveIt || !(of(peer) instanceof Copy.Gone)) {
        set(peer, new CopyEvent.ReleaseWanted());
      }
    }
    phase = PinPhase.RELEASING;
  }

  /** Whether it still has the pin that the converter made. */
  boolean isIngest(Peer peer) {
    return !ingestReleased && peer.name().equals(ingestPeer);
  }

  /** Commits the release of each leaving copy, or records it anew. */
  void commitRelease() {
    leaving().forEach(peer -> set(peer, new CopyEvent.ReleaseCommitted()));
  }

  /**
   * Keeps the image, even if its release had begun.
   *
   * @param as kept or surplus
   * @return names of peers to ask whether they still have it
   */
  Set<PeerName> stay(PinPhase as) {
    boolean undone = !stays();
    Set<PeerName> asked = new HashSet<>();
    for (Peer peer : leaving()) {
      if ((undone && of(peer) instanceof Copy.Surplus) || missing() > 0) {
        set(peer, new CopyEvent.WantedAgain());
        asked.add(peer.name());
      }
    }
    phase = as;
    return asked;
  }

  /** Whether its copies are maintained. */
  boolean stays() {
    return PinRecord.stays(phase);
  }

  PinPhase phase() {
    return phase;
  }

  /** Since when it is in its phase. */
  Instant since() {
    return pin.flatMap(state -> Optional.ofNullable(state.stateSince())).orElse(clock.instant());
  }

  /** Peers whose copy is surplus or being released. */
  List<Peer> leaving() {
    return byPeer.leaving();
  }

  /** Whether a peer, even one that left the settings, may still have it despite its release. */
  boolean mayBeLeft() {
    return byPeer.mayBeLeft();
  }

  /** Ends the release once the image is gone from all configured peers. */
  void endRelease() {
    if (leaving().isEmpty() && ingestReleased) {
      phase = PinPhase.GONE;
    }
  }

  /** Ends what an interrupted step left under way. */
  void endLeftOver() {
    for (Peer peer : tried()) {
      switch (of(peer)) {
        case Copy.Queued _, Copy.Copying _, Copy.Verifying _ -> set(peer, LEFT_OVER);
        default -> {}
      }
    }
  }

  /** Whether the peer can get a copy: it has none, and no work on one is under way. */
  boolean mayBeMade(Peer peer) {
    return switch (of(peer)) {
      case Copy.Queued _, Copy.Copying _, Copy.Verifying _ -> true;
      case Copy.Stalled _, Copy.Failed _, Copy.Lost _, Copy.Gone _ -> true;
      case Copy.Verified _, Copy.Mending _, Copy.Surplus _, Copy.Releasing _ -> false;
    };
  }

  /**
   * An unrecorded copy found on a peer: it counts if one is missing, otherwise it is removed later.
   */
  void found(Peer peer, CopyEvent found) {
    switch (found) {
      case CopyEvent.Confirmed _ -> {
        set(peer, missing() > 0 ? new CopyEvent.WantedAgain() : new CopyEvent.ReleaseWanted());
        set(peer, found);
      }
      case CopyEvent.Missing _ when of(peer) instanceof Copy.Surplus -> set(peer, found);
      case CopyEvent.Missing missing when !missing.equals(CopyEvent.Missing.PIN) -> {
        if (missing() == 0) {
          set(peer, new CopyEvent.ReleaseWanted());
        } else if (mayBeMade(peer)) {
          set(peer, new CopyEvent.TryFailed(missing.error(), false));
        }
      }
      default -> {}
    }
  }

  boolean isSurplus(Peer peer) {
    return of(peer) instanceof Copy.Surplus;
  }

  boolean isMending(Peer peer) {
    return of(peer) instanceof Copy.Mending;
  }

  /** The state of a copy after its repair: it counts unless others replaced it. */
  void mended(Peer peer, CopyEvent found) {
    if (found instanceof CopyEvent.Confirmed && moves.staying().size() >= wanted()) {
      set(peer, new CopyEvent.ReleaseWanted());
    }
    set(peer, found);
  }

  /** Peers that the record mentions. */
  List<Peer> tried() {
    return byPeer.tried();
  }

  List<Peer> verified() {
    return byPeer.verified();
  }

  /** Peers with a copy; for one under repair, others provide the corrupt blocks. */
  List<Peer> holders() {
    List<Peer> holders = verified();
    tried().stream().filter(this::isMending).forEach(holders::add);
    return holders;
  }

  /** Peers that others can fetch from. */
  List<Peer> sources() {
    List<Peer> sources = holders();
    if (ingestPeer != null) {
      peers.find(ingestPeer).filter(ingest -> !sources.contains(ingest)).ifPresent(sources::add);
    }
    return sources;
  }

  /** Number of copies to make. One under repair is not replaced unless few are left. */
  int missing() {
    int staying = moves.staying().size();
    int least = Math.min(rule.min(), wanted()) - staying;
    return Math.max(0, Math.max(least, wanted() - staying - byPeer.mendingFor(MENDS_WITHIN)));
  }

  /** Whether all copies are made and no peer has anything left to do. */
  boolean areDone() {
    return missing() == 0 && moves.moving().isEmpty() && !ingestIsToLetGo();
  }

  /** Whether the ingest peer keeps no copy and still holds its pin. */
  boolean ingestIsToLetGo() {
    return !ingestReleased && verified().stream().noneMatch(peer -> peer.name().equals(ingestPeer));
  }

  /** Whether only records in the format of the first releases remain to be converted. */
  boolean isOnlyToBeMoved() {
    return pin.isPresent() && recorded.isEmpty() && missing() == 0 && ingestReleased;
  }

  /** Whether it was kept, but the record of its peers is lost. */
  boolean areUnknown() {
    return recorded.isEmpty() && pin.map(PinState::verifiedCount).isPresent();
  }

  /** The changed records, considered written from now on. */
  Effects takeChanges() {
    PinState pinNow =
        PinRecord.next(
            pin,
            dag,
            phase,
            madeOf,
            rule,
            verified().size(),
            ingestPeer,
            ingestReleased,
            clock.instant());
    CopiesState copiesNow = new CopiesState(dag, byPeer.entries());
    List<LongshoreRecord> records =
        Stream.<LongshoreRecord>concat(
                Stream.of(copiesNow).filter(now -> !recorded.equals(Optional.of(now))),
                Stream.of(pinNow).filter(now -> !pin.equals(Optional.of(now))))
            .toList();
    pin = Optional.of(pinNow);
    recorded = Optional.of(copiesNow);
    return new Effects(records, List.of());
  }
}
