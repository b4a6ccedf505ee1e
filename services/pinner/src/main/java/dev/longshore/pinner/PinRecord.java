package dev.longshore.pinner;

import dev.longshore.events.CopyStatus;
import dev.longshore.events.PinPhase;
import dev.longshore.events.PinState;
import dev.longshore.model.Digest;
import dev.longshore.model.ImageDag;
import dev.longshore.model.PeerName;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The record of an image DAG's copies in numbers and times. */
final class PinRecord {
  private PinRecord() {}

  /**
   * The new record; the previous one if nothing changed.
   *
   * @param before the previous record; in those of the first releases, with an entry for each copy
   * @param sources digests in the names of its pins, if no record of an image has any; kept while
   *     it goes
   */
  static PinState next(
      Optional<PinState> before,
      ImageDag dag,
      PinPhase phase,
      List<Digest> sources,
      CopyRule asked,
      int verified,
      @Nullable PeerName ingestPeer,
      boolean ingestReleased,
      Instant now) {
    CopyRule rule = stays(phase) ? asked : asked.with(0);
    int min = Math.min(rule.min(), rule.copies());
    // An image that was gone starts over: nobody has it.
    Optional<PinState> earlier =
        before.filter(b -> phase(b) != PinPhase.GONE || phase == PinPhase.GONE);
    Instant first = reached(earlier.flatMap(PinRecord::firstVerifiedAt), 1, verified, now);
    Instant least = reached(earlier.flatMap(b -> minVerifiedAt(b, min)), min, verified, now);
    Instant all =
        reached(
            earlier.flatMap(b -> allVerifiedAt(b, rule.copies())), rule.copies(), verified, now);
    Instant since = before.filter(b -> phase(b) == phase).map(PinRecord::stateSince).orElse(now);
    Function<Instant, PinState> state =
        changedAt ->
            new PinState(
                dag,
                rule.copies(),
                List.of(),
                ingestPeer,
                ingestReleased,
                changedAt,
                min,
                verified,
                first,
                least,
                all,
                phase,
                since,
                stays(phase) ? List.of() : sources);
    return before
        .filter(b -> b.equals(state.apply(b.changedAt())))
        .orElseGet(() -> state.apply(now));
  }

  private static @Nullable Instant reached(
      Optional<Instant> earlier, int needed, int verified, Instant now) {
    return earlier.orElse(needed > 0 && verified >= needed ? now : null);
  }

  /** Copies lost since then are in no entry. */
  private static Optional<Instant> firstVerifiedAt(PinState before) {
    if (before.firstVerifiedAt() != null || before.verifiedCount() != null) {
      return Optional.ofNullable(before.firstVerifiedAt());
    }
    return verifiedAt(before, 1)
        .or(() -> Optional.of(before.changedAt()).filter(_ -> before.wasVerified()));
  }

  /** Empty if more are needed than before: that many were never verified. */
  private static Optional<Instant> minVerifiedAt(PinState before, int min) {
    if (before.verifiedCount() == null) {
      return verifiedAt(before, min);
    }
    return Optional.ofNullable(before.minVerifiedAt())
        .filter(_ -> before.min() != null && before.min() >= min);
  }

  private static Optional<Instant> allVerifiedAt(PinState before, int wanted) {
    if (before.verifiedCount() == null) {
      return verifiedAt(before, wanted);
    }
    return Optional.ofNullable(before.allVerifiedAt()).filter(_ -> before.wanted() >= wanted);
  }

  /** When this many of the still verified copies were verified. */
  private static Optional<Instant> verifiedAt(PinState before, int count) {
    return before.copies().stream()
        .filter(copy -> copy.status() == CopyStatus.VERIFIED)
        .map(PinState.Copy::changedAt)
        .sorted()
        .skip(Math.max(0, count - 1))
        .findFirst();
  }

  /** Whether its copies are maintained: a surplus image is whole until its release begins. */
  static boolean stays(PinPhase phase) {
    return phase == PinPhase.KEPT || phase == PinPhase.SURPLUS;
  }

  static boolean stays(PinState pin) {
    return stays(phase(pin));
  }

  /** In records of the first releases, everything is kept. */
  static PinPhase phase(PinState pin) {
    return pin.state() == null ? PinPhase.KEPT : pin.state();
  }

  private static Instant stateSince(PinState before) {
    Instant since = before.stateSince();
    return since == null ? before.changedAt() : since;
  }
}
