package dev.longshore.ipfs.kubo;

import dev.longshore.ipfs.Deadline;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How long a call may take.
 *
 * @param start until when the connection must stand, and the answer's head be there
 * @param end until when its body must be there; null for as long as bytes go on coming
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

  /** A body of any length, as long as something comes in the time that its first byte had. */
  static RpcTiming whileItFlows(Deadline firstByte) {
    return new RpcTiming(firstByte, null, firstByte.remaining());
  }

  /** Tells the node when to give up, where there is such a time. */
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
