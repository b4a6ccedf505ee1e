package dev.longshore.runtime.service.endpoint;

import java.time.Duration;

/** Delayed calls. A port, so that a test can let hours of an outage pass in milliseconds. */
@FunctionalInterface
public interface Alarms {
  /**
   * Runs the task once, on a thread of the implementation, not before the delay has passed.
   *
   * @param delay zero or negative means immediately
   * @param task short, never blocks
   */
  void after(Duration delay, Runnable task);
}
