package dev.longshore.pinner;

import dev.longshore.pinner.Copy.Copying;
import dev.longshore.pinner.Copy.Failed;
import dev.longshore.pinner.Copy.Gone;
import dev.longshore.pinner.Copy.Lost;
import dev.longshore.pinner.Copy.Mending;
import dev.longshore.pinner.Copy.Queued;
import dev.longshore.pinner.Copy.Releasing;
import dev.longshore.pinner.Copy.Stalled;
import dev.longshore.pinner.Copy.Surplus;
import dev.longshore.pinner.Copy.Trouble;
import dev.longshore.pinner.Copy.Verified;
import dev.longshore.pinner.Copy.Verifying;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The transitions of a copy: the state after each event, complete by the compiler's check. */
final class CopyTable {
  private CopyTable() {}

  /** An event that is impossible in this state: a defect of its reporter. */
  static final class RefusedEvent extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    RefusedEvent(Copy copy, CopyEvent event) {
      super("%s cannot happen to a copy that is %s".formatted(event, copy));
    }
  }

  /**
   * The state after the event; the same one if the event changes nothing.
   *
   * @throws RefusedEvent when it cannot happen in this state
   */
  static Copy after(Copy copy, CopyEvent event) {
    return switch (event) {
      case CopyEvent.Chosen _ -> chosen(copy, event);
      case CopyEvent.Started _ -> started(copy, event);
      case CopyEvent.Arrived _ -> arrived(copy, event);
      case CopyEvent.Confirmed(long bytes) -> confirmed(copy, bytes);
      case CopyEvent.TryStalled(String error) -> new Stalled(failure(copy, error, event));
      case CopyEvent.TryFailed(String error, boolean _) -> new Failed(failure(copy, error, event));
      case CopyEvent.NextTry(Instant at, int attempts) -> planned(copy, at, attempts, event);
      case CopyEvent.Missing(String error) -> missing(copy, error);
      case CopyEvent.PeerLost(String error) -> peerLost(copy, error);
      case CopyEvent.Rotten(String error) -> rotten(copy, error);
      case CopyEvent.ReleaseWanted _ -> releaseWanted(copy);
      case CopyEvent.ReleaseCommitted _ -> releaseCommitted(copy, event);
      case CopyEvent.ReleaseFailed(String error) -> releaseFailed(copy, error, event);
      case CopyEvent.Unpinned _ -> unpinned(copy, event);
      case CopyEvent.WantedAgain _ -> wantedAgain(copy);
    };
  }

  /** Work interrupted by a crash starts again. */
  private static Copy chosen(Copy copy, CopyEvent event) {
    return switch (copy) {
      case Queued _, Copying _, Verifying _, Stalled _, Failed _, Lost _, Gone _ ->
          new Queued(copy.attempts());
      case Verified _, Mending _, Surplus _, Releasing _ -> throw new RefusedEvent(copy, event);
    };
  }

  private static Copy started(Copy copy, CopyEvent event) {
    return switch (copy) {
      case Queued(int attempts) -> new Copying(attempts);
      case Copying _, Verifying _, Verified _, Stalled _, Failed _, Lost _ ->
          throw new RefusedEvent(copy, event);
      case Mending _, Surplus _, Releasing _, Gone _ -> throw new RefusedEvent(copy, event);
    };
  }

  private static Copy arrived(Copy copy, CopyEvent event) {
    return switch (copy) {
      case Copying(int attempts) -> new Verifying(attempts);
      case Queued _, Verifying _, Verified _, Stalled _, Failed _, Lost _ ->
          throw new RefusedEvent(copy, event);
      case Mending _, Surplus _, Releasing _, Gone _ -> throw new RefusedEvent(copy, event);
    };
  }

  /** A copy that was unwanted stays unwanted when confirmed. */
  private static Copy confirmed(Copy copy, long bytes) {
    return switch (copy) {
      case Queued _, Copying _, Verifying _, Verified _, Stalled _, Failed _, Lost _, Mending _ ->
          new Verified(bytes);
      case Surplus _, Gone _ -> new Surplus(bytes);
      case Releasing _ -> copy;
    };
  }

  private static Trouble failure(Copy copy, String error, CopyEvent event) {
    return switch (copy) {
      case Queued _, Copying _, Verifying _, Stalled _, Failed _, Lost _, Mending _, Gone _ ->
          new Trouble(error, copy.attempts() + 1, null);
      case Verified _, Surplus _, Releasing _ -> throw new RefusedEvent(copy, event);
    };
  }

  private static Copy planned(Copy copy, @Nullable Instant at, int attempts, CopyEvent event) {
    return switch (copy) {
      case Stalled(Trouble(String error, int _, Instant _)) ->
          new Stalled(new Trouble(error, attempts, at));
      case Failed(Trouble(String error, int _, Instant _)) ->
          new Failed(new Trouble(error, attempts, at));
      case Lost(Trouble(String error, int _, Instant _)) ->
          new Lost(new Trouble(error, attempts, at));
      case Releasing(long bytes, Trouble why) when why != null ->
          new Releasing(bytes, new Trouble(why.error(), attempts, at));
      case Queued _, Copying _, Verifying _, Verified _ -> throw new RefusedEvent(copy, event);
      case Mending _, Surplus _, Releasing _, Gone _ -> throw new RefusedEvent(copy, event);
    };
  }

  private static Copy missing(Copy copy, String error) {
    return switch (copy) {
      case Verified _, Mending _ -> new Lost(new Trouble(error, 0, null));
      case Surplus _, Releasing _ -> Copy.none();
      case Queued _, Copying _, Verifying _, Stalled _, Failed _, Lost _, Gone _ -> copy;
    };
  }

  /** A released pin may still be there when the peer returns. */
  private static Copy peerLost(Copy copy, String error) {
    return switch (copy) {
      case Verified _, Mending _ -> new Lost(new Trouble(error, 0, null));
      case Queued _, Copying _, Verifying _, Stalled _, Failed _, Lost _ -> copy;
      case Surplus _, Releasing _, Gone _ -> copy;
    };
  }

  private static Copy rotten(Copy copy, String error) {
    return switch (copy) {
      case Verified _, Surplus _, Mending _ -> new Mending(error);
      case Queued _, Copying _, Verifying _, Stalled _, Failed _, Lost _ -> copy;
      case Releasing _, Gone _ -> copy;
    };
  }

  /** A failed try may have left a pin, even without a record. */
  private static Copy releaseWanted(Copy copy) {
    return switch (copy) {
      case Verified(long bytes) -> new Surplus(bytes);
      case Queued _, Copying _, Verifying _, Stalled _, Failed _, Lost _, Mending _, Gone _ ->
          new Surplus(0);
      case Surplus _, Releasing _ -> copy;
    };
  }

  private static Copy releaseCommitted(Copy copy, CopyEvent event) {
    return switch (copy) {
      case Surplus(long bytes) -> new Releasing(bytes, null);
      case Releasing _ -> copy;
      case Queued _, Copying _, Verifying _, Verified _, Stalled _, Failed _, Lost _ ->
          throw new RefusedEvent(copy, event);
      case Mending _, Gone _ -> throw new RefusedEvent(copy, event);
    };
  }

  private static Copy releaseFailed(Copy copy, String error, CopyEvent event) {
    return switch (copy) {
      case Releasing releasing ->
          new Releasing(releasing.bytes(), new Trouble(error, copy.attempts() + 1, null));
      case Queued _, Copying _, Verifying _, Verified _, Stalled _, Failed _, Lost _ ->
          throw new RefusedEvent(copy, event);
      case Mending _, Surplus _, Gone _ -> throw new RefusedEvent(copy, event);
    };
  }

  private static Copy unpinned(Copy copy, CopyEvent event) {
    return switch (copy) {
      case Releasing _, Gone _ -> Copy.none();
      case Queued _, Copying _, Verifying _, Verified _, Stalled _, Failed _, Lost _ ->
          throw new RefusedEvent(copy, event);
      case Mending _, Surplus _ -> throw new RefusedEvent(copy, event);
    };
  }

  /** After a committed release, nobody knows whether the pin is still there. */
  private static Copy wantedAgain(Copy copy) {
    return switch (copy) {
      case Surplus(long bytes) -> bytes > 0 ? new Verified(bytes) : new Queued(0);
      case Releasing _, Gone _ -> new Queued(0);
      case Queued _, Copying _, Verifying _, Verified _, Stalled _, Failed _, Lost _, Mending _ ->
          copy;
    };
  }
}
