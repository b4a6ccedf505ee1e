package dev.longshore.runtime.service.lifecycle;

import java.time.Duration;
import java.util.List;

/** A part that writes down what happens to it. */
final class RecordingPart implements Part {
  /** What a test makes of a start or stop. */
  @FunctionalInterface
  interface Action {
    void run() throws Exception;
  }

  private final String name;
  private final List<String> events;
  private final Action onStart;
  private final Action onStop;
  volatile Duration drain = Duration.ofSeconds(-1);

  RecordingPart(String name, List<String> events, Action onStart, Action onStop) {
    this.name = name;
    this.events = events;
    this.onStart = onStart;
    this.onStop = onStop;
  }

  RecordingPart(String name, List<String> events) {
    this(name, events, () -> {}, () -> {});
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void start() throws Exception {
    events.add("start " + name);
    onStart.run();
  }

  @Override
  public void stop(Duration left) throws Exception {
    drain = left;
    events.add("stop " + name);
    onStop.run();
  }
}
