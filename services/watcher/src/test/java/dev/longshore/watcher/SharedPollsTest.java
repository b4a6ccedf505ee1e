package dev.longshore.watcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.catalog.Catalog;
import dev.longshore.events.EventJson;
import dev.longshore.events.MalformedEventException;
import dev.longshore.events.PollState;
import dev.longshore.events.Topic;
import dev.longshore.model.Digest;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.testing.Fault;
import dev.longshore.oci.testing.InMemoryRegistry;
import dev.longshore.runtime.config.ServiceContext;
import dev.longshore.runtime.edge.audit.AuditSink;
import dev.longshore.runtime.kafka.StepHost;
import dev.longshore.runtime.kafka.record.KeyPartitions;
import dev.longshore.runtime.kafka.record.ServiceId;
import dev.longshore.runtime.service.endpoint.Endpoints;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.runtime.testing.MemoryBus;
import dev.longshore.runtime.testing.MemoryService;
import dev.longshore.testing.ManualClock;
import dev.longshore.testing.RandomImage;
import io.opentelemetry.api.OpenTelemetry;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two watchers, each with some of the partitions, and what one leaves to the other. */
@Timeout(120)
class SharedPollsTest {
  @TempDir Path folder;
  private final ManualClock clock = new ManualClock(Instant.parse("2026-01-01T00:00:00Z"));
  private final MemoryBus bus = new MemoryBus(clock);
  private final InMemoryRegistry registry = new InMemoryRegistry(500);
  private final Vertx vertx = Vertx.vertx();
  private final List<Watcher> watchers = new ArrayList<>();
  private final Queue<RuntimeException> defects = new ConcurrentLinkedQueue<>();

  @AfterEach
  void stop() throws Exception {
    for (Watcher watcher : watchers) {
      watcher.close();
    }
    vertx.close().await();
  }

  @Test
  void noRepositoryIsPolledByBoth() throws Exception {
    for (int i = 0; i < 40; i++) {
      registry.push(PolledHub.name("team/app" + i), "v1", RandomImage.of(1));
    }

    start(hint -> {}, 0, 2, 4, 6, 8, 10);
    start(hint -> {}, 1, 3, 5, 7, 9, 11);

    Eventually.await("all polls", () -> repositories(states()) == 40);
    assertThat(registry.requests()).filteredOn(r -> r.startsWith("tags ")).hasSize(40);
  }

  @Test
  void twoSendNoMoreRequestsASecondThanOneMay() throws Exception {
    for (int i = 0; i < 100; i++) {
      registry.push(PolledHub.name("team/app" + i), "v1", RandomImage.of(1));
    }

    Watcher even = start(hint -> {}, 0, 2, 4, 6, 8, 10);
    Watcher odd = start(hint -> {}, 1, 3, 5, 7, 9, 11);

    Eventually.await("all polls", () -> repositories(states()) == 100);
    for (Watcher watcher : List.of(even, odd)) {
      // Nobody waits here, so the last request is due after all the others' spaces.
      int requests = watcher.waits.size();
      assertThat(requests).isGreaterThan(100);
      assertThat(Collections.max(watcher.waits))
          .as("%d requests, of ten a second for both", requests)
          .isGreaterThan(Duration.ofMillis(150L * requests));
    }
  }

  /** Kafka's client throws one where no name of a broker is known for a moment. */
  @Test
  void aPartitionWhoseStatesCannotBeReadForOnceIsPolledToo() throws Exception {
    registry.push(PolledHub.name("team/app"), "v1", RandomImage.of(1));
    for (int n = 0; n < Topic.PARTITIONS; n++) {
      defects.add(new IllegalStateException("for once"));
    }

    start(hint -> {}, all());

    Eventually.await("the poll", () -> repositories(states()) == 1);
  }

  @Test
  void whoTakesOverGoesOnWhereTheOtherDied() throws Exception {
    tags(2_500);
    CountDownLatch never = new CountDownLatch(1);
    Watcher dies =
        start(
            hint -> {
              if (new String(hint.bytes(), StandardCharsets.UTF_8).contains("t1200")) {
                never.await();
              }
            },
            all());
    Eventually.await("it hangs", () -> resolved() == 1_201);
    Eventually.await("a cursor", () -> cursor().isPresent());
    assertThat(cursor()).contains("t0999");
    dies.partitions.clear();
    int before = registry.requests().size();

    start(hint -> {}, all());

    Eventually.await("the poll's end", () -> state().completedAt() != null);
    assertThat(registry.requests().stream().skip(before).filter(r -> r.startsWith("resolve ")))
        .hasSize(1_500);
    assertThat(state().cursor()).isNull();
    assertThat(state().foundAt()).isNotNull();
  }

  @Test
  void aPollThatTheRegistryBreaksOffGoesOnWhereItWas() throws Exception {
    tags(40);
    registry.faults().always("t0030", new Fault.Status(429, Optional.of(Duration.ofMinutes(30))));
    Watcher watcher = start(hint -> {}, all());
    Eventually.await("a cursor", () -> cursor().equals(Optional.of("t0029")));
    Eventually.await("the trouble", () -> states().containsKey("localhost:5055"));
    Eventually.await("what status tells", () -> String.valueOf(list().error()).contains("429"));
    assertThat(list().nextPollAt()).isEqualTo(clock.instant().plus(Duration.ofMinutes(30)));
    assertThat(list().completedAt()).as("of the list").isNotNull();
    registry.faults().clear();
    int before = registry.requests().size();

    assertThat(watcher.endpoints.isOpen(PolledHub.REGISTRY)).as("for fresh pushes").isTrue();
    watcher.endpoints.succeeded(PolledHub.POLLS);

    Eventually.await("the poll's end", () -> state().completedAt() != null);
    assertThat(registry.requests().stream().skip(before).filter(r -> r.startsWith("resolve ")))
        .hasSize(10);
  }

  @Test
  void aPollWhoseHintsKafkaDoesNotTakeHoldsItsPlaceAndGoesOnWhenItDoes() throws Exception {
    tags(40);
    AtomicBoolean away = new AtomicBoolean(true);
    AtomicInteger refused = new AtomicInteger();
    List<String> taken = new CopyOnWriteArrayList<>();
    HintSink hints =
        hint -> {
          String body = new String(hint.bytes(), StandardCharsets.UTF_8);
          if (away.get() && body.contains("t0030")) {
            refused.incrementAndGet();
            throw new HintNotStoredException("Kafka is away", new IllegalStateException());
          }
          taken.add(body.replaceAll(".*(t[0-9]{4}).*", "$1"));
        };
    start(hints, all());
    Eventually.await("several tries", () -> refused.get() > 5);
    Eventually.await("its place", () -> cursor().equals(Optional.of("t0029")));
    assertThat(state().completedAt()).isNull();

    away.set(false);

    Eventually.await("the poll's end", () -> state().completedAt() != null);
    assertThat(taken)
        .as("each of the tags once, those before its place not again")
        .containsExactlyElementsOf(IntStream.range(0, 40).mapToObj("t%04d"::formatted).toList());
  }

  @Test
  void whatWasJustPolledIsNotPolledAgainByWhoTakesOver() throws Exception {
    tags(10);
    Watcher first = start(hint -> {}, all());
    Eventually.await("the poll's end", () -> states().size() == 2);
    first.close();
    int before = registry.requests().size();

    Watcher second = start(hint -> {}, all());
    Eventually.await("its list", () -> registry.requests().size() > before);
    Eventually.await("all is read", () -> second.read.size() == Topic.PARTITIONS);
    registry.push(PolledHub.name("team/new"), "v1", RandomImage.of(2));
    second.watcher.reconcileAll(() -> {});
    Eventually.await("the new one", () -> states().containsKey("localhost:5055/team/new"));

    assertThat(registry.requests().stream().skip(before))
        .filteredOn(r -> r.startsWith("tags ") && r.contains("team/app"))
        .as("by the round alone")
        .hasSize(1);
  }

  /** Otherwise nobody knew for a whole interval how much there is to do. */
  @Test
  void aListThatWasLookedAtBeforeItsKeyCameIsToldOfAllTheSame() throws Exception {
    tags(1);
    Watcher watcher = new Watcher(hint -> {}, all());
    watchers.add(watcher);
    CompletableFuture<Void> round = new CompletableFuture<>();
    watcher.watcher.reconcileAll(() -> round.complete(null));
    watcher.watcher.startPolls();
    round.get(1, TimeUnit.MINUTES);
    assertThat(states()).as("no key is here yet").isEmpty();

    watcher.start();

    Eventually.await("the list", () -> states().containsKey("localhost:5055"));
    assertThat(list().listed()).isEqualTo(1);
  }

  @Test
  void aRepositoryThatIsGoneLeavesNoState() throws Exception {
    tags(1);
    registry.push(PolledHub.name("team/other"), "v1", RandomImage.of(2));
    Watcher watcher = start(hint -> {}, all());
    Eventually.await("the polls", () -> repositories(states()) == 2);

    registry.drop(PolledHub.name("team/other"));
    watcher.watcher.reconcileAll(() -> {});

    Eventually.await("its end", () -> repositories(states()) == 1);
    assertThat(states()).containsKey("localhost:5055/team/app");
  }

  private void tags(int count) {
    RepositoryName name = PolledHub.name("team/app");
    Digest image = registry.push(name, "t0000", RandomImage.of(1)).digest();
    for (int i = 1; i < count; i++) {
      registry.tag(name, "t%04d".formatted(i), image);
    }
  }

  private long resolved() {
    return registry.requests().stream().filter(r -> r.startsWith("resolve ")).count();
  }

  private Optional<String> cursor() {
    return Optional.ofNullable(states().get("localhost:5055/team/app")).map(PollState::cursor);
  }

  private PollState state() {
    return states().get("localhost:5055/team/app");
  }

  private PollState list() {
    return states().get("localhost:5055");
  }

  private static long repositories(Map<String, PollState> states) {
    return states.values().stream().filter(state -> state.repository() != null).count();
  }

  /** What the topic holds. */
  private Map<String, PollState> states() {
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

  private static int[] all() {
    return IntStream.range(0, Topic.PARTITIONS).toArray();
  }

  private Watcher start(HintSink hints, int... partitions) throws Exception {
    Watcher watcher = new Watcher(hints, partitions);
    watchers.add(watcher);
    watcher.start();
    watcher.watcher.startPolls();
    return watcher;
  }

  /** A watcher whose host has only some partitions. */
  private final class Watcher implements StepHost {
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
                SharedPollsTest.this.states().values().stream()
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
