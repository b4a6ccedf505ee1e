package dev.longshore.runtime.testing;

import dev.longshore.events.Topic;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Moves all services of a bus, one at a time, in an order that a seed gives: which message is begun
 * next, which step goes on after it published, when which catalog learns what, and when which
 * service is killed. The same seed moves the same services in the same way, as long as their steps
 * do the same.
 *
 * <p>Steps must not wait for each other. Used by one thread.
 */
public final class Simulation {
  private final MemoryBus bus;
  private final RandomGenerator random;
  private final double crashRate;
  private final Map<MemoryService, SimulatedService> services = new HashMap<>();
  private @Nullable SimulatedService moving;
  private @Nullable Turn turn;
  private int crashes;

  /**
   * A simulation of the services that the bus has now; none of them is started.
   *
   * @param crashRate probability that a service is killed at a commit or a {@link #crashPoint}, 0
   *     to 1
   */
  public Simulation(MemoryBus bus, long seed, double crashRate) {
    this.bus = bus;
    this.random = new SplittableRandom(seed);
    this.crashRate = crashRate;
    bus.services().forEach(service -> services.put(service, new SimulatedService(this, service)));
  }

  /**
   * Moves services until nothing is left to do but what waits for endpoints that are away: each
   * parked message was tried again {@link SimulatedService#TRIES} times.
   */
  public void run() {
    services.values().forEach(SimulatedService::retryAgain);
    while (true) {
      List<Runnable> moves = new ArrayList<>();
      bus.services().forEach(service -> moves.addAll(services.get(service).moves()));
      if (moves.isEmpty()) {
        bus.services().forEach(service -> moves.addAll(services.get(service).retries()));
      }
      if (moves.isEmpty()) {
        return;
      }
      moves.get(random.nextInt(moves.size())).run();
    }
  }

  /** Has a service's step look at a key, at some time of the next {@link #run}. */
  public void nudge(MemoryService service, Topic topic, String key) {
    services.get(service).nudge(topic, key);
  }

  /** Kills a service and starts it again: work under way is forgotten, what is committed stays. */
  public void crash(MemoryService service) {
    services.get(service).crash();
  }

  /** What is to happen when the service starts again after it was killed: its memory is gone. */
  public void onCrash(MemoryService service, Runnable restart) {
    services.get(service).onCrash(restart);
  }

  /**
   * For doubles of what steps call: a place where the calling service may be killed. Called on the
   * step's thread; returns unless it is.
   */
  public void crashPoint() {
    SimulatedService current = moving;
    Turn now = turn;
    if (current != null && now != null) {
      current.maybeCrash(now);
    }
  }

  /** Messages that are parked for endpoints that are away. */
  public int parked() {
    return services.values().stream().mapToInt(SimulatedService::parked).sum();
  }

  /** How often a service was killed. */
  public int crashCount() {
    return crashes;
  }

  boolean crashes() {
    boolean crash = random.nextDouble() < crashRate;
    if (crash) {
      crashes++;
    }
    return crash;
  }

  void move(SimulatedService service, Turn next) {
    moving = service;
    turn = next;
    next.go();
    moving = null;
    turn = null;
  }

  List<ConsumerRecord<String, byte[]>> append(List<ProducerRecord<String, byte[]>> records) {
    return bus.appendAll(records);
  }

  MemoryLog log() {
    return bus.log();
  }
}
