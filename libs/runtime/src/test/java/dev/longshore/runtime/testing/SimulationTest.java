package dev.longshore.runtime.testing;

import static dev.longshore.runtime.testing.Samples.converted;
import static dev.longshore.runtime.testing.Samples.key;
import static dev.longshore.runtime.testing.Samples.observed;
import static dev.longshore.runtime.testing.Samples.state;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.catalog.Catalog;
import dev.longshore.events.Observed;
import dev.longshore.events.PinState;
import dev.longshore.events.Topic;
import dev.longshore.model.ImageDag;
import dev.longshore.runtime.kafka.record.ServiceId;
import dev.longshore.runtime.kafka.step.Effects;
import dev.longshore.runtime.kafka.step.Message;
import dev.longshore.runtime.kafka.step.PermanentFailure;
import dev.longshore.runtime.kafka.step.Progress;
import dev.longshore.runtime.kafka.step.Step;
import dev.longshore.runtime.kafka.step.TransientFailure;
import dev.longshore.runtime.service.endpoint.Endpoints;
import dev.longshore.testing.ManualClock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two services in a chain, killed at any moment, with an endpoint that is away now and then. */
final class SimulationTest {
  private static final Instant START = Instant.parse("2026-01-02T03:04:05Z");

  private final ManualClock clock = new ManualClock(START);
  private final MemoryBus bus = new MemoryBus(clock);
  private final Catalog first = Catalog.inMemory(clock);
  private final Catalog second = Catalog.inMemory(clock);

  /** What the world outside was asked to do, and how often. */
  private final Map<String, Integer> outside = new TreeMap<>();

  private final List<String> events = new ArrayList<>();
  private boolean away;
  private Simulation simulation;

  @AfterEach
  void close() {
    first.close();
    second.close();
  }

  private Endpoints endpoints() {
    return new Endpoints(clock, (_, _) -> {}, new Random(1));
  }

  private void services(long seed, double crashRate) {
    service("converter", Topic.OBSERVED, first, this::convert);
    service("pinner", Topic.CONVERTED, second, this::pin);
    simulation = new Simulation(bus, seed, crashRate);
  }

  private void service(String name, Topic topic, Catalog catalog, Step step) {
    bus.service(new ServiceId(name, name, "1"), Set.of(topic), endpoints(), catalog, step);
  }

  private Effects convert(Message message, Progress progress) throws TransientFailure {
    Observed observed = (Observed) message.body();
    work("convert", message);
    if (away) {
      throw new TransientFailure("registry a", "refused", null, null);
    }
    outside("convert " + observed.size());
    return Effects.of(converted(observed));
  }

  private Effects pin(Message message, Progress progress)
      throws PermanentFailure, InterruptedException {
    work("pin", message);
    int done = second.pins().of(ImageDag.stored(message.key())).map(PinState::wanted).orElse(0);
    if (message.key().endsWith("13")) {
      throw new PermanentFailure("UNLUCKY", "13", null);
    }
    for (int copy = done + 1; copy <= 3; copy++) {
      outside("pin " + message.key() + " " + copy);
      progress.publish(Effects.of(state(message.key(), copy)));
    }
    return Effects.NONE;
  }

  private void work(String what, Message message) {
    events.add(what + " " + message.key() + " " + message.offset());
  }

  private void outside(String call) {
    simulation.crashPoint();
    outside.merge(call, 1, Integer::sum);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
  void anyOrderAndAnyCrashEndsInTheSameState(long seed) throws Exception {
    Random random = new Random(seed);
    services(seed, 0.1);
    for (int i = 0; i < 15; i++) {
      bus.send(observed("name" + random.nextInt(5), i));
    }
    away = true;
    simulation.run();
    away = false;
    simulation.run();

    assertThat(simulation.parked()).isZero();
    assertThat(second.pins().page(null, 100))
        .hasSize(14)
        .allMatch(pin -> pin.wanted() == 3)
        .noneMatch(pin -> pin.key().equals("dag13"));
    assertThat(outside.keySet()).hasSize(15 + 14 * 3);
    Map<String, Set<String>> valuesById = new HashMap<>();
    for (var record : bus.records(Topic.CONVERTED)) {
      valuesById
          .computeIfAbsent(MemoryBus.id(record), _ -> new java.util.HashSet<>())
          .add(record.key());
    }
    assertThat(valuesById).hasSize(15).allSatisfy((_, keys) -> assertThat(keys).hasSize(1));
    assertThat(bus.records(Topic.DEAD)).extracting(record -> record.key()).containsOnly("dag13");
    assertThat(simulation.crashCount()).isPositive();
  }

  @Test
  void aSeedRepeatsWhatHappens() {
    assertThat(eventsOf(42)).isEqualTo(eventsOf(42)).isNotEqualTo(eventsOf(43));
  }

  private static List<String> eventsOf(long seed) {
    SimulationTest test = new SimulationTest();
    test.services(seed, 0.2);
    for (int i = 0; i < 10; i++) {
      test.bus.send(observed("name" + i % 3, i));
    }
    test.simulation.run();
    test.close();
    return test.events;
  }

  @Test
  void aCatalogLearnsLateWhatOthersWrote() {
    List<Boolean> knew = new ArrayList<>();
    for (long seed = 0; seed < 20; seed++) {
      MemoryBus one = new MemoryBus(clock);
      try (Catalog writer = Catalog.inMemory(clock);
          Catalog reader = Catalog.inMemory(clock)) {
        one.service(
            new ServiceId("writer", "w", "1"),
            Set.of(Topic.OBSERVED),
            endpoints(),
            writer,
            (message, _) -> Effects.of(state(message.key(), 1)));
        one.service(
            new ServiceId("reader", "r", "1"),
            Set.of(Topic.OBSERVED),
            endpoints(),
            reader,
            (message, _) -> {
              knew.add(reader.pins().of(ImageDag.stored(message.key())).isPresent());
              return Effects.NONE;
            });
        one.send(observed("name", 1));
        new Simulation(one, seed, 0).run();
        assertThat(reader.pins().of(ImageDag.stored(key("name")))).isPresent();
      }
    }
    assertThat(knew).contains(true, false);
  }

  @Test
  void whatIsAwayStaysParkedUntilTheNextRun() {
    services(7, 0);
    bus.send(observed("name", 1));
    away = true;
    simulation.run();
    assertThat(simulation.parked()).isEqualTo(1);
    assertThat(events.stream().filter(e -> e.startsWith("convert")).collect(Collectors.toSet()))
        .containsExactly("convert " + key("name") + " 0");
    away = false;
    simulation.run();
    assertThat(simulation.parked()).isZero();
    assertThat(bus.records(Topic.CONVERTED)).hasSize(1);
  }
}
