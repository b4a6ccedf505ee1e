package dev.longshore.catalog;

import dev.longshore.events.CopiesState;
import dev.longshore.events.CopyPhase;
import dev.longshore.events.CopyStatus;
import dev.longshore.model.PeerName;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A peer's copy of an image DAG, and where that peer is reached.
 *
 * @param zone configured zone of the peer; empty until the peer is recorded
 * @param peerId its libp2p peer id; empty until the peer is recorded
 * @param addresses multiaddrs without the {@code /p2p} part; none until the peer is recorded
 */
public record PeerCopy(CopiesState.Copy copy, String zone, String peerId, List<String> addresses) {
  public PeerCopy {
    addresses = List.copyOf(addresses);
  }

  /** Configured name of the peer. */
  public PeerName peer() {
    return copy.peer();
  }

  /** What it is going through. */
  public CopyPhase state() {
    return copy.state();
  }

  public boolean isVerified() {
    return copy.state() == CopyPhase.VERIFIED;
  }

  /** The same in the words of the first releases, which the answers of all APIs keep. */
  public CopyStatus status() {
    return switch (copy.state()) {
      case QUEUED, COPYING, VERIFYING -> CopyStatus.PINNING;
      case VERIFIED -> CopyStatus.VERIFIED;
      case STALLED, FAILED, LOST, MENDING, SURPLUS, RELEASING, GONE -> CopyStatus.FAILED;
      case UNKNOWN -> CopyStatus.UNKNOWN;
    };
  }

  /** Bytes of its blocks that the peer was found to have. */
  public long bytes() {
    return copy.bytes();
  }

  /** What went wrong at the last try, if it did. */
  public @Nullable String error() {
    return copy.error();
  }

  /** When it is tried again; null if it is there, under way or waits for its peer. */
  public @Nullable Instant nextTryAt() {
    return copy.nextTryAt();
  }

  /** When it came into its state. */
  public Instant changedAt() {
    return copy.changedAt();
  }
}
