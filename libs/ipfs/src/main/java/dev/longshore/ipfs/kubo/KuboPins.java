package dev.longshore.ipfs.kubo;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.node.Fault;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.ipfs.node.PinNames;
import dev.longshore.ipfs.node.PinNode;
import dev.longshore.ipfs.node.PinProgress;
import dev.longshore.ipfs.node.RecursivePin;
import dev.longshore.model.Cid;
import dev.longshore.model.MalformedCidException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Recursive pins over Kubo's RPC. */
final class KuboPins {
  /** The one block of an empty file: its CID under {@code --cid-version=1}. */
  static final Cid EMPTY = Cid.parse("bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku");

  /** Longest time between two blocks of a healthy fetch; Kubo reports twice a second. */
  private static final Duration PAUSE = Duration.ofMillis(400);

  private final RpcExchange rpc;
  private final KuboBlocks blocks;

  KuboPins(RpcExchange rpc, KuboBlocks blocks) {
    this.rpc = rpc;
    this.blocks = blocks;
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
    String kept = nameToKeep(root, pinName, stall, deadline).orElse(pinName);
    if (!kept.isEmpty()) {
      call = call.with("name", kept);
    }
    boolean pinned = false;
    for (boolean again = false; !pinned; again = true) {
      pinned = add(call, stall, deadline, progress, !again);
    }
  }

  /**
   * Runs one call.
   *
   * @param mayGive whether to give the node the empty block if it waits for it
   * @return false if it gave the block, which the running call does not notice
   */
  private boolean add(
      RpcCall call, Duration stall, Deadline deadline, PinProgress progress, boolean mayGive)
      throws KuboException {
    Faults faults = rpc.faults(call);
    // Closing the answer ends the request, and with it the node's fetching.
    try (RpcAnswer answer = rpc.send(call, RpcTiming.until(deadline, stall))) {
      StallWatch watch = new StallWatch(stall);
      for (JsonNode line = answer.next(); line != null; line = answer.next()) {
        if (line.has("Pins")) {
          return true;
        }
        long blocks = line.path("Progress").asLong();
        if (watch.stalledAt(blocks)) {
          throw faults.because(
              Fault.STALLED, "no new block for %s after %d".formatted(stall, blocks));
        }
        if (mayGive && watch.pauses() && gaveEmptyBlock(deadline.within(stall))) {
          return false;
        }
        progress.reached(blocks, line.path("Bytes").asLong());
      }
      throw faults.because(Fault.GARBLED, "the answer does not say that it is pinned");
    } catch (KuboException e) {
      // Kubo reports twice a second; a silent node hangs.
      boolean silent = e.getCause() instanceof SocketTimeoutException && !deadline.expired();
      throw silent ? faults.because(Fault.STALLED, "no sign of life for " + stall, e) : e;
    }
  }

  /**
   * Kubo's peers never send each other an empty block, so a DAG with an empty file would wait for
   * it until it is given up.
   *
   * @return whether the node waited for it and has it now
   */
  private boolean gaveEmptyBlock(Deadline deadline) throws KuboException {
    try {
      if (!blocks.isWaitingFor(EMPTY, deadline)) {
        return false;
      }
      blocks.importCar(sink -> sink.put(EMPTY, new byte[0], 0, 0), deadline);
      return true;
    } catch (KuboException e) {
      if (e.fault() == Fault.CANCELLED) {
        throw e;
      }
      // Most DAGs do not need it; one that does ends as stalled.
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException("an empty block failed to be written", e);
    }
  }

  boolean unpin(Cid root, String namePrefix, Deadline deadline) throws KuboException {
    if (nameOf(root, deadline).filter(n -> PinNames.isOf(namePrefix, n)).isEmpty()) {
      return false;
    }
    RpcCall call = RpcCall.of("unpin " + root, "pin/rm").arg(root.toString());
    return unlessNotPinned(call, deadline).isPresent();
  }

  void unpinAll(Collection<Cid> roots, Deadline deadline) throws KuboException {
    if (roots.isEmpty()) {
      return;
    }
    RpcCall call = RpcCall.of("unpin " + roots.size() + " roots", "pin/rm");
    for (Cid root : roots) {
      call = call.arg(root.toString());
    }
    // Kubo stops at the first root that is not pinned.
    if (unlessNotPinned(call, deadline).isEmpty() && roots.size() > 1) {
      for (Cid root : roots) {
        unpinAll(List.of(root), deadline);
      }
    }
  }

  /** The name of another owner's pin, if there is one. */
  private Optional<String> nameToKeep(Cid root, String next, Duration stall, Deadline deadline)
      throws KuboException {
    try {
      return nameOf(root, deadline.within(stall)).filter(n -> !PinNames.mayBecome(n, next));
    } catch (KuboException e) {
      boolean silent = e.fault() == Fault.TIMEOUT && !deadline.expired();
      throw silent
          ? rpc.faults(RpcCall.of("pin " + root, "pin/ls"))
              .because(Fault.STALLED, "no sign of life for " + stall, e)
          : e;
    }
  }

  Optional<String> nameOf(Cid root, Deadline deadline) throws KuboException {
    RpcCall call =
        RpcCall.of("look for pin " + root, "pin/ls")
            .arg(root.toString())
            .with("type", "recursive")
            .with("names", true);
    return unlessNotPinned(call, deadline)
        .map(answer -> answer.path("Keys").path(root.toString()).path("Name").asText(""));
  }

  void pins(Consumer<RecursivePin> each, Deadline deadline) throws KuboException {
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

  private static RecursivePin pin(JsonNode line) {
    return new RecursivePin(Cid.parse(line.path("Cid").asText()), line.path("Name").asText(""));
  }

  private Optional<JsonNode> unlessNotPinned(RpcCall call, Deadline deadline) throws KuboException {
    try (RpcAnswer answer = rpc.send(call, deadline)) {
      return Optional.of(answer.only()).filter(only -> only.has("Pins") || only.has("Keys"));
    } catch (KuboException e) {
      if (e.fault() == Fault.NOT_PINNED) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** Notices when a count stops growing. */
  private static final class StallWatch {
    private final Duration limit;
    private long highest = -1;
    private long since = System.nanoTime();
    private boolean paused;

    StallWatch(Duration limit) {
      this.limit = limit;
    }

    boolean stalledAt(long count) {
      long now = System.nanoTime();
      if (count > highest) {
        highest = count;
        since = now;
        paused = false;
      }
      return now - since > limit.toNanos();
    }

    /** Whether the count stands still; true once for each count. */
    boolean pauses() {
      boolean begins = !paused && System.nanoTime() - since > PAUSE.toNanos();
      paused |= begins;
      return begins;
    }
  }
}
