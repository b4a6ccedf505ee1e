package dev.longshore.ipfs.testing;

import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.node.Fault;
import dev.longshore.ipfs.node.KuboException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** What a test lets go wrong on one {@link InMemoryIpfsNode}. Safe to change while calls run. */
public final class NodeTrouble {
  private final String node;
  private final AtomicReference<@Nullable Fault> fault = new AtomicReference<>();
  private final AtomicInteger faultsLeft = new AtomicInteger();
  private final AtomicReference<@Nullable CountDownLatch> gate = new AtomicReference<>();
  private volatile boolean transfersStall;
  private volatile long capacity = Long.MAX_VALUE;
  private volatile long storageMax = Long.MAX_VALUE;

  NodeTrouble(String node) {
    this.node = node;
  }

  /** Every call fails until {@link #clear}. */
  public void failWith(Fault kind) {
    failNext(Integer.MAX_VALUE, kind);
  }

  /** The next calls fail. */
  public void failNext(int calls, Fault kind) {
    faultsLeft.set(calls);
    fault.set(kind);
  }

  /** The node is away: calls find nobody, and peers get nothing from it. */
  public void goDown() {
    failWith(Fault.UNREACHABLE);
  }

  /** Calls wait, up to their deadline, until the latch that this returns is counted down. */
  public CountDownLatch holdCalls() {
    CountDownLatch latch = new CountDownLatch(1);
    gate.set(latch);
    return latch;
  }

  /** Peers send nothing: pins end as stalled, network reads as timed out. */
  public void stallTransfers() {
    transfersStall = true;
  }

  /** Imports and pins fail as full beyond so many bytes of blocks. */
  public void limitStorage(long bytes) {
    capacity = bytes;
  }

  /** The node says that it is to store so much at most, and takes more. */
  public void setStorageMax(long bytes) {
    storageMax = bytes;
  }

  /** Ends all trouble but lost and corrupt blocks. */
  public void clear() {
    fault.set(null);
    gate.set(null);
    transfersStall = false;
    capacity = Long.MAX_VALUE;
    storageMax = Long.MAX_VALUE;
  }

  boolean isDown() {
    return fault.get() == Fault.UNREACHABLE && faultsLeft.get() > 0;
  }

  boolean transfersStall() {
    return transfersStall;
  }

  long capacity() {
    return capacity;
  }

  long storageMax() {
    return Math.min(capacity, storageMax);
  }

  void enter(String action, Deadline deadline) throws KuboException {
    if (Thread.currentThread().isInterrupted()) {
      throw fail(Fault.CANCELLED, action, "interrupted");
    }
    CountDownLatch latch = gate.get();
    if (latch != null) {
      await(latch, action, deadline);
    }
    Fault kind = fault.get();
    if (kind != null && faultsLeft.getAndUpdate(n -> n == Integer.MAX_VALUE ? n : n - 1) > 0) {
      throw fail(kind, action, "as the test asked");
    }
    if (deadline.expired()) {
      throw fail(Fault.TIMEOUT, action, "no time left at the start");
    }
  }

  KuboException fail(Fault kind, String action, String reason) {
    return new KuboException(kind, node, action, 0, reason, null);
  }

  private void await(CountDownLatch latch, String action, Deadline deadline) throws KuboException {
    try {
      if (!latch.await(deadline.remaining().toMillis(), TimeUnit.MILLISECONDS)) {
        throw fail(Fault.TIMEOUT, action, "held by the test");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw fail(Fault.CANCELLED, action, "interrupted while held by the test");
    }
  }
}
