package dev.longshore.runtime.service.lifecycle;

import java.time.Duration;

/** A part of a program that runs between its start and its stop. */
public interface Part {
  /** Such as {@code webhook listener}, for errors. */
  String name();

  /**
   * Returns when the part works. One that throws has cleaned up and is not stopped.
   *
   * @throws Exception with the reason for a failed start, in words for operators
   */
  void start() throws Exception;

  /**
   * Stops taking new work at once, and returns when the part has ended.
   *
   * @param drain time for running work to finish; zero cuts it short
   * @throws Exception when something was left undone
   */
  void stop(Duration drain) throws Exception;
}
