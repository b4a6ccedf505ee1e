package dev.longshore.ipfs.kubo;

import dev.longshore.ipfs.Deadline;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The time limits of a call.
 *
 * @param start deadline for the connection and the answer's head
 * @param end deadline for its body; null for as long as bytes keep coming
 * @param idle longest wait for more bytes of the body
 */
record RpcTiming(Deadline start, @Nullable Deadline end, Duration idle) {
  /** Everything by one deadline. */
  static RpcTiming until(Deadline deadline) {
    return new RpcTiming(deadline, deadline, deadline.remaining());
  }

  /** Everything by one deadline, and no longer than {@code idle} without a sign of life. */
  static RpcTiming until(Deadline deadline, Duration idle) {
    return new RpcTiming(deadline, deadline, idle);
  }

  /** A body of any length, as long as the waits for more bytes are no longer than for the first. */
  static RpcTiming whileItFlows(Deadline firstByte) {
    return new RpcTiming(firstByte, null, firstByte.remaining());
  }

  /** Passes the deadline to the node, if there is one. */
  RpcCall bound(RpcCall call) {
    return end == null ? call : call.within(end.remaining());
  }

  /** How long to wait for more of the head. */
  Duration nextOfHead() {
    return sooner(start, nextOfBody());
  }

  Duration nextOfBody() {
    return end == null ? idle : sooner(end, idle);
  }

  private static Duration sooner(Deadline deadline, Duration limit) {
    Duration left = deadline.remaining();
    return left.compareTo(limit) < 0 ? left : limit;
  }
}
