package dev.longshore.app;

import dev.longshore.runtime.service.lifecycle.Part;
import java.time.Duration;

/** A part made from a start and a stop action. */
record Running(String name, Start starts, Stop stops) implements Part {
  /** The action at the start. */
  @FunctionalInterface
  interface Start {
    void run() throws Exception;
  }

  /** The action at the end. */
  @FunctionalInterface
  interface Stop {
    void run(Duration drain) throws Exception;
  }

  /** A part that is over once it has started. */
  static Part once(String name, Start starts) {
    return new Running(name, starts, _ -> {});
  }

  /** An existing part that only needs closing. */
  static Part closing(String name, AutoCloseable closed) {
    return new Running(name, () -> {}, _ -> closed.close());
  }

  @Override
  public void start() throws Exception {
    starts.run();
  }

  @Override
  public void stop(Duration drain) throws Exception {
    stops.run(drain);
  }
}
