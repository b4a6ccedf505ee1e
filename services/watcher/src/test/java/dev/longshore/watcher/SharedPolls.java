package dev.longshore.watcher;

import dev.longshore.catalog.Catalog;
import dev.longshore.events.EventJson;
import dev.longshore.events.MalformedEventException;
import dev.longshore.events.PollState;
import dev.longshore.events.Topic;
import dev.longshore.model.Digest;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.testing.InMemoryRegistry;
import dev.longshore.runtime.config.ServiceContext;
import dev.longshore.runtime.edge.audit.AuditSink;
import dev.longshore.runtime.kafka.StepHost;
import dev.longshore.runtime.kafka.record.KeyPartitions;
import dev.longshore.runtime.kafka.record.ServiceId;
import dev.longshore.runtime.service.endpoint.Endpoints;
import dev.longshore.runtime.testing.MemoryBus;
import dev.longshore.runtime.testing.MemoryService;
import dev.longshore.testing.ManualClock;
import dev.longshore.testing.RandomImage;
import io.opentelemetry.api.OpenTelemetry;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Watchers that share the polls of one registry, each with some of the partitions. */
final class SharedPolls implements AutoCloseable {
  final ManualClock clock = new ManualClock(Instant.parse("2026-01-01T00:00:00Z"));
  final MemoryBus bus = new MemoryBus(clock);
  final InMemoryRegistry registry = new InMemoryRegistry(500);

  /** Thrown, one each, where a watcher reads the states of a partition. */
  final Queue<RuntimeException> defects = new ConcurrentLinkedQueue<>();

  private final Path folder;
  private final Vertx vertx = Vertx.vertx();
  private final List<Watcher> watchers = new ArrayList<>();

  SharedPolls(Path folder) {
    this.folder = folder;
  }

  @Override
  public void close() throws Exception {
    for (Watcher watcher : watchers) {
      watcher.close();
    }
    vertx.close().await();
  }

  /** A watcher that polls. */
  Watcher start(HintSink hints, int... partitions) throws Exception {
    Watcher watcher = add(hints, partitions);
    watcher.start();
    watcher.watcher.startPolls();
    return watcher;
  }

  /** One that does nothing yet. */
  Watcher add(HintSink hints, int... partitions) throws Exception {
    Watcher watcher = new Watcher(hints, partitions);
    watchers.add(watcher);
    return watcher;
  }

  void tags(int count) {
    RepositoryName name = PolledHub.name("team/app");
    Digest image = registry.push(name, "t0000", RandomImage.of(1)).digest();
    for (int i = 1; i < count; i++) {
      registry.tag(name, "t%04d".formatted(i), image);
    }
  }

  long resolved() {
    return registry.requests().stream().filter(r -> r.startsWith("resolve ")).count();
  }

  Optional<String> cursor() {
    return Optional.ofNullable(states().get("localhost:5055/team/app")).map(PollState::cursor);
  }

  PollState state() {
    return states().get("localhost:5055/team/app");
  }

  PollState list() {
    return states().get("localhost:5055");
  }

  long repositories() {
    return states().values().stream().filter(state -> state.repository() != null).count();
  }

  /** What the topic holds. */
  Map<String, PollState> states() {
    Map<String, PollState> states = new HashMap<>();
    for (ConsumerRecord<String, byte[]> record : bus.records(Topic.POLLS)) {
      try {
        if (record.value() == null) {
          states.remove(record.key());
        } else {
          states.put(record.key(), EventJson.read(record.value(), PollState.class));
        }
      } catch (MalformedEventException e) {
        throw new AssertionError(e);
      }
    }
    return states;
  }

  static int[] all() {
    return IntStream.range(0, Topic.PARTITIONS).toArray();
  }

  /** A watcher whose host has only some partitions. */
  final class Watcher implements StepHost {
    final Set<Integer> partitions = ConcurrentHashMap.newKeySet();
    final Set<Integer> read = ConcurrentHashMap.newKeySet();
    final Queue<Duration> waits = new ConcurrentLinkedQueue<>();
    final Endpoints endpoints = new Endpoints(clock, (_, _) -> {}, new Random(1));
    final Catalog catalog = Catalog.inMemory(clock);
    final WatcherService watcher;
    private final MemoryService service;
    private final List<IntConsumer> listeners = new CopyOnWriteArrayList<>();

    Watcher(HintSink hints, int... partitions) throws Exception {
      for (int partition : partitions) {
        this.partitions.add(partition);
      }
      PolledHub.Settings settings = PolledHub.settings(folder, PolledHub.HOST, "[\"**\"]");
      watcher =
          new WatcherService(
              new ServiceContext(
                  settings.shared(),
                  catalog,
                  endpoints,
                  OpenTelemetry.noop(),
                  AuditSink.NONE,
                  clock),
              settings.watcher(),
              List.of(),
              CatalogBarrier.AT_HAND,
              registry,
              hints,
              waits::add,
              vertx);
      service =
          bus.service(
              new ServiceId("watcher", "observe", "w" + watchers.size()),
              Set.of(Topic.HINTS),
              endpoints,
              catalog,
              watcher.step());
      watcher.sharePolls(
          this,
          partition -> {
            RuntimeException defect = defects.poll();
            if (defect != null) {
              throw defect;
            }
            List<PollState> states =
                SharedPolls.this.states().values().stream()
                    .filter(state -> KeyPartitions.of(state.key()) == partition)
                    .collect(Collectors.toList());
            read.add(partition);
            return states;
          });
    }

    @Override
    public boolean hasOpenGap() {
      return false;
    }

    @Override
    public void start() {
      service.start();
      partitions.forEach(partition -> listeners.forEach(l -> l.accept(partition)));
    }

    /** A partition comes here. */
    void take(int partition) {
      partitions.add(partition);
      listeners.forEach(l -> l.accept(partition));
    }

    @Override
    public boolean nudge(Topic topic, String key) {
      return holds(topic, key) && service.nudge(topic, key);
    }

    @Override
    public boolean holds(Topic topic, String key) {
      return partitions.contains(KeyPartitions.of(key));
    }

    @Override
    public void onHeld(IntConsumer listener) {
      listeners.add(listener);
    }

    @Override
    public Optional<String> trouble() {
      return Optional.empty();
    }

    @Override
    public void stop(Duration limit) {
      service.stop(limit);
    }

    @Override
    public void close() {
      partitions.clear();
      try {
        watcher.stopPolls();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
      service.stop(Duration.ofMillis(1));
      catalog.close();
    }
  }
}
