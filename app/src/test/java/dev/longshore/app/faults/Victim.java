package dev.longshore.app.faults;

/** A program that can be killed and started again. */
interface Victim {
  String name();

  /** Number of the process that works since the last start. */
  long pid();

  /** Returns when it works. */
  void start() throws Exception;

  /** {@code kill -9}; returns when it is gone. */
  void kill() throws Exception;

  /** Ends it as it should be ended. */
  void stop() throws Exception;
}
