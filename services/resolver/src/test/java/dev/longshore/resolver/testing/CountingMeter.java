package dev.longshore.resolver.testing;

import dev.longshore.resolver.content.ContentMeter;
import dev.longshore.resolver.content.UnavailableException;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Counts, and lets a test wait for a count. */
public final class CountingMeter implements ContentMeter {
  private int hits;
  private int joined;
  private int fetched;
  private long checked;
  private final AtomicReference<@Nullable CountDownLatch> gate = new AtomicReference<>();
  private final Map<UnavailableException.Reason, Integer> failures =
      new EnumMap<>(UnavailableException.Reason.class);

  @Override
  public synchronized void hit() {
    hits++;
    notifyAll();
  }

  @Override
  public synchronized void joined() {
    joined++;
    notifyAll();
  }

  @Override
  public synchronized void fetched(long bytes) {
    fetched++;
    notifyAll();
  }

  @Override
  public synchronized void failed(UnavailableException.Reason reason) {
    failures.merge(reason, 1, Integer::sum);
    notifyAll();
  }

  @Override
  public void checked(long bytes) {
    synchronized (this) {
      checked += bytes;
      notifyAll();
    }
    CountDownLatch held = gate.get();
    if (held != null) {
      try {
        held.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Files of the cache are not hashed until the latch that this returns is counted down. */
  public CountDownLatch holdChecks() {
    CountDownLatch latch = new CountDownLatch(1);
    gate.set(latch);
    return latch;
  }

  /** Bytes of files of the cache that were hashed, or are about to be. */
  public synchronized long checkedBytes() {
    return checked;
  }

  public synchronized int hits() {
    return hits;
  }

  public synchronized int fetches() {
    return fetched;
  }

  public synchronized int failures(UnavailableException.Reason reason) {
    return failures.getOrDefault(reason, 0);
  }

  /** Returns when so many readers wait for a fetch that another one began. */
  public synchronized void awaitJoined(int count) throws InterruptedException {
    await(() -> joined >= count, () -> "only " + joined + " of " + count + " readers joined");
  }

  /** Returns when so many bytes of files of the cache were hashed, or are about to be. */
  public synchronized void awaitChecked(long bytes) throws InterruptedException {
    await(() -> checked >= bytes, () -> "only " + checked + " of " + bytes + " bytes are hashed");
  }

  private void await(BooleanSupplier holds, Supplier<String> lack) throws InterruptedException {
    long end = System.nanoTime() + 20_000_000_000L;
    while (!holds.getAsBoolean()) {
      long left = (end - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        throw new AssertionError(lack.get());
      }
      wait(left);
    }
  }
}
