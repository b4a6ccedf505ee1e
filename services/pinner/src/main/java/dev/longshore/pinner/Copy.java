package dev.longshore.pinner;

import dev.longshore.events.CopiesState;
import dev.longshore.events.CopyPhase;
import dev.longshore.model.PeerName;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The state of one peer's copy; {@link CopyTable} has the transitions. */
sealed interface Copy {
  /** The state of a peer without a record. */
  static Copy none() {
    return new Gone();
  }

  /** It waits for its turn. */
  record Queued(int attempts) implements Copy {}

  /** Blocks are being fetched. */
  record Copying(int attempts) implements Copy {}

  /** The pin has ended; every block is being verified. */
  record Verifying(int attempts) implements Copy {}

  /** Every block is there, under a pin. */
  record Verified(long bytes) implements Copy {}

  /** No block came for too long. */
  record Stalled(Trouble why) implements Copy {}

  /** The last try failed. */
  record Failed(Trouble why) implements Copy {}

  /** It was verified, but it or its peer is gone. */
  record Lost(Trouble why) implements Copy {}

  /** Some blocks are corrupt and are being replaced. */
  record Mending(String error) implements Copy {}

  /**
   * One copy too many, kept for the grace period.
   *
   * @param bytes size when verified; 0 if never verified
   */
  record Surplus(long bytes) implements Copy {}

  /**
   * Its pin may be removed.
   *
   * @param why it is still there after the last try; null before that
   */
  record Releasing(long bytes, @Nullable Trouble why) implements Copy {}

  /** Its pin was removed, or there was none. */
  record Gone() implements Copy {}

  /**
   * Why it is not there.
   *
   * @param attempts consecutive failed tries
   * @param nextTryAt when it is tried again; null while it waits for an event
   */
  record Trouble(String error, int attempts, @Nullable Instant nextTryAt) {}

  /** Why a failed or lost copy is not there, or a released one still is. */
  default Optional<Trouble> trouble() {
    return switch (this) {
      case Stalled(Trouble why) -> Optional.of(why);
      case Failed(Trouble why) -> Optional.of(why);
      case Lost(Trouble why) -> Optional.of(why);
      case Queued _, Copying _, Verifying _, Verified _ -> Optional.empty();
      case Releasing(long _, Trouble why) -> Optional.ofNullable(why);
      case Mending _, Surplus _, Gone _ -> Optional.empty();
    };
  }

  /** Failed tries since it was last verified. */
  default int attempts() {
    return switch (this) {
      case Queued(int attempts) -> attempts;
      case Copying(int attempts) -> attempts;
      case Verifying(int attempts) -> attempts;
      case Verified _, Stalled _, Failed _, Lost _, Mending _, Surplus _, Releasing _, Gone _ ->
          trouble().map(Trouble::attempts).orElse(0);
    };
  }

  /** From its record; a phase of a later release counts as queued. */
  static Copy of(CopiesState.Copy entry) {
    int attempts = entry.attempts() == null ? 0 : entry.attempts();
    String error = entry.error() == null ? "" : entry.error();
    Trouble trouble = new Trouble(error, attempts, entry.nextTryAt());
    return switch (entry.state()) {
      case QUEUED, UNKNOWN -> new Queued(attempts);
      case COPYING -> new Copying(attempts);
      case VERIFYING -> new Verifying(attempts);
      case VERIFIED -> new Verified(entry.bytes());
      case STALLED -> new Stalled(trouble);
      case FAILED -> new Failed(trouble);
      case LOST -> new Lost(trouble);
      case MENDING -> new Mending(error);
      case SURPLUS -> new Surplus(entry.bytes());
      case RELEASING -> new Releasing(entry.bytes(), entry.error() == null ? null : trouble);
      case GONE -> none();
    };
  }

  /** Its record. */
  default CopiesState.Copy entry(PeerName peer, Instant changedAt) {
    Optional<Trouble> trouble = trouble();
    return new CopiesState.Copy(
        peer,
        phase(),
        bytes(),
        error(),
        attempts() == 0 ? null : Integer.valueOf(attempts()),
        trouble.map(Trouble::nextTryAt).orElse(null),
        changedAt);
  }

  private @Nullable String error() {
    return switch (this) {
      case Mending(String error) -> error;
      default -> trouble().map(Trouble::error).orElse(null);
    };
  }

  /** Its phase in the record. */
  default CopyPhase phase() {
    return switch (this) {
      case Queued _ -> CopyPhase.QUEUED;
      case Copying _ -> CopyPhase.COPYING;
      case Verifying _ -> CopyPhase.VERIFYING;
      case Verified _ -> CopyPhase.VERIFIED;
      case Stalled _ -> CopyPhase.STALLED;
      case Failed _ -> CopyPhase.FAILED;
      case Lost _ -> CopyPhase.LOST;
      case Mending _ -> CopyPhase.MENDING;
      case Surplus _ -> CopyPhase.SURPLUS;
      case Releasing _ -> CopyPhase.RELEASING;
      case Gone _ -> CopyPhase.GONE;
    };
  }

  private long bytes() {
    return switch (this) {
      case Verified(long bytes) -> bytes;
      case Surplus(long bytes) -> bytes;
      case Releasing(long bytes, Trouble _) -> bytes;
      case Queued _, Copying _, Verifying _, Stalled _, Failed _, Lost _, Mending _, Gone _ -> 0;
    };
  }
}
