package dev.longshore.pinner;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** An event of a peer's copy. */
sealed interface CopyEvent {
  /** Its peer was chosen for it. */
  record Chosen() implements CopyEvent {}

  /** Its turn has come. */
  record Started() implements CopyEvent {}

  /** The peer has pinned it. */
  record Arrived() implements CopyEvent {}

  /**
   * The peer itself has every block, under a pin.
   *
   * @param bytes bytes of its blocks
   */
  record Confirmed(long bytes) implements CopyEvent {}

  /** A try ended because no block came for too long. */
  record TryStalled(String error) implements CopyEvent {}

  /**
   * A try failed, or could not be made.
   *
   * @param error what was tried and what came back
   * @param peerIsAway whether the peer itself does not answer; otherwise it got no blocks
   */
  record TryFailed(String error, boolean peerIsAway) implements CopyEvent {}

  /**
   * The next try was scheduled.
   *
   * @param at null while it waits for an event
   * @param attempts tries so far, those that could not be made included
   */
  record NextTry(@Nullable Instant at, int attempts) implements CopyEvent {}

  /** The peer answers, and its pin or a block is gone. */
  record Missing(String error) implements CopyEvent {
    static final Missing PIN = new Missing("the pin was removed behind our back");
  }

  /** The peer has been away for too long. */
  record PeerLost(String error) implements CopyEvent {}

  /** Blocks on the peer no longer match their CIDs. */
  record Rotten(String error) implements CopyEvent {}

  /** It is to be removed. */
  record ReleaseWanted() implements CopyEvent {}

  /** The grace period is over, or the record was too old to remove the pin by. */
  record ReleaseCommitted() implements CopyEvent {}

  /** Its removal from the peer failed. */
  record ReleaseFailed(String error) implements CopyEvent {}

  /** The pin was removed, or there was none. */
  record Unpinned() implements CopyEvent {}

  /** It is wanted again. */
  record WantedAgain() implements CopyEvent {}
}
