package dev.longshore.runtime.service.endpoint;

import java.time.Duration;

/** Calls back later. A port, so that hours of an outage pass in a test within milliseconds. */
@FunctionalInterface
public interface Alarms {
  /**
   * Runs the task once, on a thread of the implementation's, not before the delay has passed.
   *
   * @param delay zero or negative means at once
   * @param task short, never blocks
   */
  void after(Duration delay, Runnable task);
}
