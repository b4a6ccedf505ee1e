package dev.longshore.resolver.image;

import java.util.concurrent.BlockingDeque;
import java.util.concurrent.LinkedBlockingDeque;

/** A bounded queue for work of which only the newest is worth doing: the oldest is dropped. */
final class NewestFirst<T> {
  private final BlockingDeque<T> waiting;

  /**
   * @param limit capacity, at least 1
   */
  NewestFirst(int limit) {
    this.waiting = new LinkedBlockingDeque<>(limit);
  }

  /** Adds one before all others, and drops the oldest if there are too many. */
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
