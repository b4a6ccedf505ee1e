package dev.longshore.resolver.image;

import java.util.concurrent.BlockingDeque;
import java.util.concurrent.LinkedBlockingDeque;

/** What waits to be done when only the newest is worth the wait: the oldest gives way. */
final class NewestFirst<T> {
  private final BlockingDeque<T> waiting;

  /**
   * Nothing waits yet.
   *
   * @param limit most that wait, at least 1
   */
  NewestFirst(int limit) {
    this.waiting = new LinkedBlockingDeque<>(limit);
  }

  /** Adds one before all others; the oldest goes when there are too many. */
  void add(T name) {
    while (!waiting.offerFirst(name)) {
      waiting.pollLast();
    }
  }

  /** Waits for one. */
  T take() throws InterruptedException {
    return waiting.takeFirst();
  }
}
