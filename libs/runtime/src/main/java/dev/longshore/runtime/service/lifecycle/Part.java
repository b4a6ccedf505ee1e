package dev.longshore.runtime.service.lifecycle;

import java.time.Duration;

/** Something that runs between its start and its stop. */
public interface Part {
  /** Such as {@code webhook listener}; stands in errors. */
  String name();

  /**
   * Returns when the part works. One that throws has cleaned up after itself: it is not stopped.
   *
   * @throws Exception what kept it from starting, said for whoever runs the program
   */
  void start() throws Exception;

  /**
   * Returns when the part has ended; takes no new work from the beginning on.
   *
   * @param drain how long work under way may go on; zero means that it is to be cut short
   * @throws Exception what was left undone
   */
  void stop(Duration drain) throws Exception;
}
