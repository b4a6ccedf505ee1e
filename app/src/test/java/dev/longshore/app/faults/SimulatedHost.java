package dev.longshore.app.faults;

import dev.longshore.events.Topic;
import dev.longshore.runtime.kafka.StepHost;
import dev.longshore.runtime.testing.MemoryService;
import dev.longshore.runtime.testing.Simulation;
import java.time.Duration;
import java.util.Optional;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/** The host of a service that a simulation moves: all partitions are its own from the start. */
record SimulatedHost(Simulation simulation, MemoryService service) implements StepHost {
  @Override
  public boolean nudge(Topic topic, String key) {
    simulation.nudge(service, topic, key);
    return true;
  }

  @Override
  public boolean holds(Topic topic, String key) {
    return true;
  }

  @Override
  public void onHeld(IntConsumer listener) {
    IntStream.range(0, Topic.PARTITIONS).forEach(listener);
  }

  @Override
  public boolean hasOpenGap() {
    return false;
  }

  @Override
  public Optional<String> trouble() {
    return Optional.empty();
  }

  @Override
  public void start() {}

  @Override
  public void stop(Duration limit) {}
}
