package dev.longshore.ipfs.kubo;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longshore.ipfs.Cid;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.MalformedCidException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.Consumer;

/** Recursive pins over Kubo's RPC. */
final class KuboPins {
  private final RpcExchange rpc;

  KuboPins(RpcExchange rpc) {
    this.rpc = rpc;
  }

  void pin(Cid root, String pinName, Duration stall, Deadline deadline, PinProgress progress)
      throws KuboException {
    RpcCall call =
        RpcCall.of("pin " + root, "pin/add")
            .arg(root.toString())
            .with("recursive", true)
            .with("progress", true);
    Faults faults = rpc.faults(call);
    if (pinName.getBytes(StandardCharsets.UTF_8).length > PinNode.MAX_NAME_BYTES) {
      throw faults.because(
          Fault.REFUSED, "name over " + PinNode.MAX_NAME_BYTES + " bytes: " + pinName);
    }
    if (!pinName.isEmpty()) {
      call = call.with("name", pinName);
    }
    // Closing the answer ends the request, and with it the node's fetching.
    try (RpcAnswer answer = rpc.send(call, RpcTiming.until(deadline, stall))) {
      StallWatch watch = new StallWatch(stall);
      for (JsonNode line = answer.next(); line != null; line = answer.next()) {
        if (line.has("Pins")) {
          return;
        }
        long blocks = line.path("Progress").asLong();
        if (watch.stalledAt(blocks)) {
          throw faults.because(
              Fault.STALLED, "no new block for %s after %d".formatted(stall, blocks));
        }
        progress.reached(blocks, line.path("Bytes").asLong());
      }
      throw faults.because(Fault.GARBLED, "the answer does not say that it is pinned");
    } catch (KuboException e) {
      // Kubo reports twice a second; a node that went silent does not do even that.
      boolean silent = e.getCause() instanceof SocketTimeoutException && !deadline.expired();
      throw silent ? faults.because(Fault.STALLED, "no sign of life for " + stall, e) : e;
    }
  }

  boolean unpin(Cid root, Deadline deadline) throws KuboException {
    RpcCall call = RpcCall.of("unpin " + root, "pin/rm").arg(root.toString());
    return unlessNotPinned(call, deadline);
  }

  boolean isPinned(Cid root, Deadline deadline) throws KuboException {
    RpcCall call =
        RpcCall.of("look for pin " + root, "pin/ls").arg(root.toString()).with("type", "recursive");
    return unlessNotPinned(call, deadline);
  }

  void pins(Consumer<Pin> each, Deadline deadline) throws KuboException {
    RpcCall call =
        RpcCall.of("list pins", "pin/ls")
            .with("type", "recursive")
            .with("names", true)
            .with("stream", true);
    try (RpcAnswer answer = rpc.send(call, deadline)) {
      for (JsonNode line = answer.next(); line != null; line = answer.next()) {
        each.accept(pin(line));
      }
    } catch (MalformedCidException e) {
      throw rpc.faults(call).because(Fault.GARBLED, "a pin without a CID", e);
    }
  }

  private static Pin pin(JsonNode line) {
    return new Pin(Cid.parse(line.path("Cid").asText()), line.path("Name").asText(""));
  }

  private boolean unlessNotPinned(RpcCall call, Deadline deadline) throws KuboException {
    try (RpcAnswer answer = rpc.send(call, deadline)) {
      JsonNode only = answer.only();
      return only.has("Pins") || only.has("Keys");
    } catch (KuboException e) {
      if (e.fault() == Fault.NOT_PINNED) {
        return false;
      }
      throw e;
    }
  }

  /** Notices when a count stops growing. */
  private static final class StallWatch {
    private final Duration limit;
    private long highest = -1;
    private long since = System.nanoTime();

    StallWatch(Duration limit) {
      this.limit = limit;
    }

    boolean stalledAt(long count) {
      long now = System.nanoTime();
      if (count > highest) {
        highest = count;
        since = now;
      }
      return now - since > limit.toNanos();
    }
  }
}
