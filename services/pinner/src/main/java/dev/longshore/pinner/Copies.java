package dev.longshore.pinner;

import dev.longshore.events.CopiesState;
import dev.longshore.events.LongshoreRecord;
import dev.longshore.events.PinPhase;
import dev.longshore.events.PinState;
import dev.longshore.model.Digest;
import dev.longshore.model.ImageDag;
import dev.longshore.model.PeerName;
import dev.longshore.pinner.Copy.Trouble;
import dev.longshore.pinner.CopyEvent.ReleaseCommitted;
import dev.longshore.runtime.kafka.step.Effects;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The copies of one DAG while a step works on them; kept by one thread. */
final class Copies {
  /**
   * How long a copy is surplus, and those that stay have stood, before it goes, unless its peer
   * drains: a rule may change back, and a peer that comes and goes must not have copies made and
   * removed each time.
   */
  static final Duration GRACE = Duration.ofHours(1);

  /** How long a copy that is being mended is waited for before another is made in its place. */
  static final Duration MENDS_WITHIN = Duration.ofHours(1);

  private static final CopyEvent LEFT_OVER =
      new CopyEvent.TryFailed("the pinner ended before the copy was there", false);

  private final ImageDag dag;
  private final CopyRule rule;
  private final @Nullable PeerName ingestPeer;
  private final Peers peers;
  private final Set<PeerName> draining;
  private final Clock clock;
  private final Instant began;
  private Set<PeerName> misplaced = Set.of();
  private boolean surplusGoes;
  private final Map<PeerName, Entry> byPeer = new LinkedHashMap<>();
  private Optional<PinState> pin;
  private Optional<CopiesState> recorded;
  private boolean ingestReleased;
  private long announcedBytes;
  private PinPhase phase;
  private List<Digest> madeOf;

  private record Entry(Copy copy, Instant changedAt) {}

  /**
   * What is recorded of a DAG.
   *
   * @param pin how many copies there are to be, and are
   * @param copies each copy, as far as that is a record of its own
   * @param each the same, of the first releases as well
   */
  record Before(Optional<PinState> pin, Optional<CopiesState> copies, CopiesState each) {}

  /** Goes on where the last step ended; copies on peers that left the settings do not count. */
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
    this.draining = Set.copyOf(draining);
    this.clock = clock;
    this.began = clock.instant();
    this.pin = before.pin();
    this.recorded = before.copies();
    this.phase = pin.map(PinRecord::phase).orElse(PinPhase.KEPT);
    this.madeOf = pin.map(PinState::sources).orElse(List.of());
    this.ingestReleased = wasReleased();
    for (CopiesState.Copy entry : before.each().copies()) {
      boolean counts = peers.find(entry.peer()).filter(Peer::keeps).isPresent();
      // Of what is to be gone it stays known where it may be, out of reach.
      if (counts || !stays()) {
        byPeer.put(entry.peer(), new Entry(Copy.of(entry), entry.changedAt()));
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

  /** The peer that the converter wrote to; none of a DAG that was found on a peer. */
  @Nullable PeerName ingestPeer() {
    return ingestPeer;
  }

  /** Whether all wanted copies stood before. */
  boolean wereWhole() {
    return pin.filter(state -> state.allVerifiedAt() != null).isPresent();
  }

  boolean ingestReleased() {
    return ingestReleased;
  }

  void releasedIngest() {
    ingestReleased = true;
  }

  /** What names of its pins say, as no record of an image does. */
  void madeOf(List<Digest> named) {
    madeOf = List.copyOf(named);
  }

  /** The same; none of an image that was known as its copies were last recorded. */
  List<Digest> madeOf() {
    return madeOf;
  }

  /** The converter says how large the image is, perhaps before its record can be read. */
  void announced(long bytes) {
    announcedBytes = bytes;
  }

  /** What it said; 0 if nothing. */
  long announcedBytes() {
    return announcedBytes;
  }

  /** The ingest peer must be released again: the converter wrote the DAG once more. */
  void holdIngest() {
    ingestReleased = false;
  }

  /** A copy that stays in its state keeps its time, unless the state is to be written anew. */
  void set(Peer peer, CopyEvent event) {
    Entry old = byPeer.get(peer.name());
    Copy before = old == null ? Copy.none() : old.copy();
    Copy now = CopyTable.after(before, event);
    boolean anew = now.phase() != before.phase() || event instanceof ReleaseCommitted;
    if (old == null && !anew) {
      return;
    }
    byPeer.put(
        peer.name(), new Entry(now, old == null || anew ? clock.instant() : old.changedAt()));
  }

  Copy of(Peer peer) {
    Entry entry = byPeer.get(peer.name());
    return entry == null ? Copy.none() : entry.copy();
  }

  /**
   * Nobody may have the image any longer.
   *
   * @param doubted peers that may have it though it was found gone from them
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

  /** Each of those that are to go is recorded anew. */
  void commitRelease() {
    leaving().forEach(peer -> set(peer, new CopyEvent.ReleaseCommitted()));
  }

  /**
   * The image stays, also where its release had begun.
   *
   * @param as kept, or surplus
   * @return names of the peers that have to be asked whether they still have it
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

  /** Whether its copies are looked after. */
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

  /** Peers from which it is not gone. */
  List<Peer> leaving() {
    return tried().stream()
        .filter(peer -> of(peer) instanceof Copy.Surplus || of(peer) instanceof Copy.Releasing)
        .toList();
  }

  /** Whether some peer may still have it that was to lose it, also one that left the settings. */
  boolean mayBeLeft() {
    return byPeer.values().stream()
        .map(Entry::copy)
        .anyMatch(copy -> copy instanceof Copy.Surplus || copy instanceof Copy.Releasing);
  }

  /** Whether it was found gone from all peers of the settings. */
  void endRelease() {
    if (leaving().isEmpty() && ingestReleased) {
      phase = PinPhase.GONE;
    }
  }

  /** Decides when each copy that is to go, and is still there, is asked for again. */
  void planNextReleases(RetryDelays delays) {
    for (Peer peer : leaving()) {
      of(peer)
          .trouble()
          .filter(trouble -> trouble.nextTryAt() == null)
          .ifPresent(trouble -> set(peer, next(trouble, true, delays)));
    }
  }

  /** What an earlier step began and did not end. */
  void endLeftOver() {
    for (Peer peer : tried()) {
      switch (of(peer)) {
        case Copy.Queued _, Copy.Copying _, Copy.Verifying _ -> set(peer, LEFT_OVER);
        default -> {}
      }
    }
  }

  /** Whether one can be made on the peer: it has none, and no other work on one goes on there. */
  boolean mayBeMade(Peer peer) {
    return switch (of(peer)) {
      case Copy.Queued _, Copy.Copying _, Copy.Verifying _ -> true;
      case Copy.Stalled _, Copy.Failed _, Copy.Lost _, Copy.Gone _ -> true;
      case Copy.Verified _, Copy.Mending _, Copy.Surplus _, Copy.Releasing _ -> false;
    };
  }

  /**
   * What a peer turns out to have that has no copy which counts: it counts if one is missing, and
   * goes after a time if none is.
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

  /** What a peer has whose copy was being mended: it counts unless others took its place. */
  void mended(Peer peer, CopyEvent found) {
    if (found instanceof CopyEvent.Confirmed && staying().size() >= wanted()) {
      set(peer, new CopyEvent.ReleaseWanted());
    }
    set(peer, found);
  }

  /** Peers that the record mentions. */
  List<Peer> tried() {
    return byPeer.keySet().stream().flatMap(name -> peers.find(name).stream()).toList();
  }

  List<Peer> verified() {
    List<Peer> verified = new ArrayList<>();
    for (Peer peer : tried()) {
      if (of(peer) instanceof Copy.Verified) {
        verified.add(peer);
      }
    }
    return verified;
  }

  /** Those of them whose copies do not move to others. */
  List<Peer> staying() {
    List<Peer> staying = verified();
    staying.removeIf(peer -> isToMove(peer.name()));
    return staying;
  }

  /** Those of configured peers that do not drain. */
  List<Peer> settled() {
    List<Peer> settled = verified();
    settled.removeIf(peer -> draining.contains(peer.name()) || !peers.isConfigured(peer));
    return settled;
  }

  /** Others are to have the copies of these, besides those of peers that drain. */
  void misplaced(Collection<Peer> some) {
    misplaced = some.stream().map(Peer::name).collect(Collectors.toSet());
    surplusGoes = true;
  }

  /** Only those of peers that drain may go. */
  void noneMisplaced() {
    misplaced = Set.of();
    surplusGoes = false;
  }

  /** Misplaced copies go after the time of grace, once other peers have enough. */
  void makeSurplus() {
    if (staying().size() >= wanted()) {
      verified().stream()
          .filter(peer -> misplaced.contains(peer.name()))
          .forEach(peer -> set(peer, new CopyEvent.ReleaseWanted()));
    }
  }

  private boolean isToMove(PeerName peer) {
    return draining.contains(peer) || misplaced.contains(peer);
  }

  /** Peers that have, or may have, a copy which is to go once others have enough. */
  List<Peer> moving() {
    boolean stood =
        byPeer.values().stream()
            .filter(entry -> entry.copy() instanceof Copy.Verified)
            .allMatch(this::hasStood);
    return tried().stream().filter(peer -> isToGo(peer.name(), surplusGoes && stood)).toList();
  }

  private boolean isToGo(PeerName peer, boolean surplus) {
    Entry entry = Objects.requireNonNull(byPeer.get(peer));
    return switch (entry.copy()) {
      case Copy.Releasing _ -> true;
      case Copy.Gone _ -> false;
      // A pin without its blocks is no copy, and keeps Kubo from collecting garbage.
      case Copy.Surplus(long bytes) ->
          draining.contains(peer) || bytes == 0 || (surplus && hasStood(entry));
      default -> draining.contains(peer);
    };
  }

  private boolean hasStood(Entry entry) {
    return !entry.changedAt().isAfter(clock.instant().minus(GRACE));
  }

  /** Peers that have a copy; what rotted of one that is being mended is brought by others. */
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

  /** How many are to be made. What is mended soon is not made elsewhere, unless few are left. */
  int missing() {
    int staying = staying().size();
    int least = Math.min(rule.min(), wanted()) - staying;
    return Math.max(0, Math.max(least, wanted() - staying - mendedSoon()));
  }

  private int mendedSoon() {
    Instant since = clock.instant().minus(MENDS_WITHIN);
    return (int)
        byPeer.values().stream()
            .filter(entry -> entry.copy() instanceof Copy.Mending)
            .filter(entry -> entry.changedAt().isAfter(since))
            .count();
  }

  /** Whether the copies are made, and no peer has to be asked for anything else. */
  boolean areDone() {
    return missing() == 0 && moving().isEmpty() && !ingestIsToLetGo();
  }

  /** Whether the ingest peer keeps no copy of its own, and was not told yet to let go. */
  boolean ingestIsToLetGo() {
    return !ingestReleased && verified().stream().noneMatch(peer -> peer.name().equals(ingestPeer));
  }

  /** Whether nothing is left to do but to record what the first releases recorded otherwise. */
  boolean isOnlyToBeMoved() {
    return pin.isPresent() && recorded.isEmpty() && missing() == 0 && ingestReleased;
  }

  /** Whether it was kept, and what said where is lost. */
  boolean areUnknown() {
    return recorded.isEmpty() && pin.map(PinState::verifiedCount).isPresent();
  }

  /** Whether a copy on the peer is not to be tried before a time that has not come. */
  boolean mustWait(Peer peer) {
    return of(peer).trouble().map(Trouble::nextTryAt).filter(this::isToCome).isPresent();
  }

  /**
   * What becomes due while others are copied is for the next step, and had its occasion. What is
   * further away than any pause was told by a clock that was set back since.
   */
  private boolean isToCome(Instant at) {
    return at.isAfter(began) && !at.isAfter(began.plus(RetryDelays.LONGEST));
  }

  /**
   * Decides when each copy that is not there is tried again. One that was due without being tried
   * had no occasion, and waits longer the next time.
   *
   * @param mayBeTried whether the peer answers and copies are missing that others have; else it
   *     waits for that
   */
  void planNextTries(Predicate<Peer> mayBeTried, RetryDelays delays) {
    for (Peer peer : tried()) {
      of(peer)
          .trouble()
          .ifPresent(trouble -> set(peer, next(trouble, mayBeTried.test(peer), delays)));
    }
  }

  private CopyEvent.NextTry next(Trouble trouble, boolean mayBeTried, RetryDelays delays) {
    Instant at = trouble.nextTryAt();
    if (!mayBeTried) {
      return new CopyEvent.NextTry(null, trouble.attempts());
    }
    if (at != null && isToCome(at)) {
      return new CopyEvent.NextTry(at, trouble.attempts());
    }
    int attempts = at == null ? trouble.attempts() : trouble.attempts() + 1;
    return new CopyEvent.NextTry(clock.instant().plus(delays.after(attempts)), attempts);
  }

  /** The records that say something new, which are taken for written from now on. */
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
    CopiesState copiesNow = new CopiesState(dag, entries());
    List<LongshoreRecord> records =
        Stream.<LongshoreRecord>concat(
                Stream.of(copiesNow).filter(now -> !recorded.equals(Optional.of(now))),
                Stream.of(pinNow).filter(now -> !pin.equals(Optional.of(now))))
            .toList();
    pin = Optional.of(pinNow);
    recorded = Optional.of(copiesNow);
    return new Effects(records, List.of());
  }

  private List<CopiesState.Copy> entries() {
    List<CopiesState.Copy> entries = new ArrayList<>();
    byPeer.forEach((peer, entry) -> entries.add(entry.copy().entry(peer, entry.changedAt())));
    return entries;
  }
}
