package dev.longshore.watcher;

import java.time.Duration;

/** Lets time pass before something is looked at again. */
@FunctionalInterface
public interface Pause {
  /** Real time. */
  Pause REAL = Thread::sleep;

  /** Returns after the time. */
  void of(Duration time) throws InterruptedException;
}
