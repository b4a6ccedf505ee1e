package dev.longshore.watcher;

import java.time.Duration;

/** Waits before the next look. */
@FunctionalInterface
public interface Pause {
  /** Real time. */
  Pause REAL = Thread::sleep;

  /** Returns after the given time. */
  void of(Duration time) throws InterruptedException;
}
