package dev.longshore.resolver.testing;

import dev.longshore.resolver.content.ContentMeter;
import dev.longshore.resolver.content.UnavailableException;
import java.util.EnumMap;
import java.util.Map;

/** Counts, and lets a test wait for a count. */
public final class CountingMeter implements ContentMeter {
  private int hits;
  private int joined;
  private int fetched;
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
    long end = System.nanoTime() + 20_000_000_000L;
    while (joined < count) {
      long left = (end - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        throw new AssertionError("only " + joined + " of " + count + " readers joined");
      }
      wait(left);
    }
  }
}
