package dev.longshore.pinner;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What happens to a peer's copy. */
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

  /** A try ended as no block came for too long. */
  record TryStalled(String error) implements CopyEvent {}

  /**
   * A try failed, or could not be made.
   *
   * @param error what was tried and what came back
   * @param peerIsAway whether the peer itself does not answer; else it answers but got no blocks
   */
  record TryFailed(String error, boolean peerIsAway) implements CopyEvent {}

  /**
   * It was decided when it is tried again.
   *
   * @param at null while that waits for something to happen
   * @param attempts tries so far, with those for which there was no occasion
   */
  record NextTry(@Nullable Instant at, int attempts) implements CopyEvent {}

  /** The peer answers, and its pin or a block is gone. */
  record Missing(String error) implements CopyEvent {
    static final Missing PIN = new Missing("the pin was removed behind our back");
  }

  /** The peer has been away for too long. */
  record PeerLost(String error) implements CopyEvent {}

  /** Bytes on the peer are no longer those of their CID. */
  record Rotten(String error) implements CopyEvent {}

  /** It is to go. */
  record ReleaseWanted() implements CopyEvent {}

  /** The time of grace is over, or its record was too old to take the pin off. */
  record ReleaseCommitted() implements CopyEvent {}

  /** It was to be taken off the peer, and is still there. */
  record ReleaseFailed(String error) implements CopyEvent {}

  /** The pin was taken off the peer, or there was none. */
  record Unpinned() implements CopyEvent {}

  /** It is to stay after all. */
  record WantedAgain() implements CopyEvent {}
}
