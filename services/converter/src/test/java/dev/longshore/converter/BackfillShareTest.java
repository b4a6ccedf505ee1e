package dev.longshore.converter;

import static dev.longshore.converter.TestConverter.APP;
import static dev.longshore.converter.TestConverter.NOON;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.catalog.Catalog;
import dev.longshore.events.Converted;
import dev.longshore.events.Observed;
import dev.longshore.events.Origin;
import dev.longshore.events.Topic;
import dev.longshore.ipfs.testing.InMemoryIpfsNode;
import dev.longshore.ipfs.testing.InMemorySwarm;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.Tag;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.source.RequestBudget;
import dev.longshore.oci.testing.Fault;
import dev.longshore.oci.testing.InMemoryRegistry;
import dev.longshore.runtime.config.ServiceContext;
import dev.longshore.runtime.edge.audit.AuditSink;
import dev.longshore.runtime.kafka.StepHost;
import dev.longshore.runtime.kafka.record.KeyPartitions;
import dev.longshore.runtime.kafka.record.ServiceId;
import dev.longshore.runtime.service.endpoint.Endpoints;
import dev.longshore.runtime.service.endpoint.ManualAlarms;
import dev.longshore.runtime.testing.MemoryBus;
import dev.longshore.runtime.testing.MemoryService;
import dev.longshore.testing.ManualClock;
import io.opentelemetry.api.OpenTelemetry;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What was in a registry before is read within a share of it; fresh pushes go on beside. */
@Timeout(60)
class BackfillShareTest {
  private static final RepositoryName OLD = RepositoryName.canonical("localhost:5055/team/old");
  private static final String REGISTRY = "registry localhost:5055";
  private static final String BACKFILL = "backfill of registry localhost:5055";
  private static final Duration WISH = Duration.ofMinutes(10);

  private final ManualClock clock = new ManualClock(NOON);
  private final ManualAlarms alarms = new ManualAlarms(clock);
  private final InMemoryRegistry registry = new InMemoryRegistry();
  private final Catalog catalog = Catalog.inMemory(clock);
  private final MemoryBus bus = new MemoryBus(clock);
  private final AtomicLong nanos = new AtomicLong();
  private final InMemoryIpfsNode peer = new InMemorySwarm().node("ingest");
  private Endpoints endpoints = new Endpoints(clock, alarms, new Random(1));
  private int rate;
  private boolean others;
  private MemoryService converter = process();
  private int pushed;

  @AfterEach
  void stop() {
    converter.stop(Duration.ofMillis(1));
    catalog.close();
  }

  @Test
  void freshPushesOfItsRegistryGoOnWhileItRests() {
    Descriptor old = refuseOnce(push(OLD, Origin.BACKFILL));
    converter.start();
    awaitTrouble(BACKFILL);
    assertThat(endpoints.isOpen(REGISTRY)).isTrue();

    push(APP, Origin.WEBHOOK);
    push(OLD, Origin.WEBHOOK);

    Await.until(() -> converted().size() == 2);
    assertThat(converted()).noneMatch(done -> done.digest().equals(old.digest()));
  }

  @Test
  void goesOnByItselfAndNotBeforeTheRegistrySaid() {
    Descriptor old = refuseOnce(push(OLD, Origin.BACKFILL));
    converter.start();
    awaitTrouble(BACKFILL);
    push(OLD, Origin.BACKFILL);
    Await.until(() -> catalog.failures().newest(10).size() == 2);
    int requests = registry.requests().size();

    alarms.advance(WISH.minusSeconds(1));
    assertThat(registry.requests()).hasSize(requests);
    assertThat(endpoints.isOpen(BACKFILL)).isFalse();

    alarms.advance(Duration.ofSeconds(1));
    Await.until(() -> converted().size() == 2);
    assertThat(converted()).anyMatch(done -> done.digest().equals(old.digest()));
    assertThat(endpoints.isOpen(BACKFILL)).isTrue();
  }

  @Test
  void restsWithItsRegistryAndMayBeTheOneThatTriesIt() {
    endpoints.failed(REGISTRY, "GET /v2/: 503", null);
    converter.start();
    push(OLD, Origin.BACKFILL);
    awaitTrouble(REGISTRY);
    assertThat(registry.requests()).isEmpty();

    alarms.advance(Duration.ofSeconds(1));

    Await.until(() -> converted().size() == 1);
    assertThat(endpoints.isOpen(REGISTRY)).isTrue();
  }

  @Test
  void ifItTriesARegistryThatIsStillAwayTheRegistryStaysPaused() {
    endpoints.failed(REGISTRY, "GET /v2/: 503", null);
    converter.start();
    registry.faults().always(push(OLD, Origin.BACKFILL).digest().toString(), new Fault.Status(503));
    registry.faults().always(InMemoryRegistry.PING, new Fault.Status(503));
    awaitTrouble(REGISTRY);

    alarms.advance(Duration.ofSeconds(1));
    Await.until(() -> registry.requests().stream().anyMatch(r -> r.startsWith("ping")));
    Await.until(() -> endpoints.nextTry(REGISTRY).isBefore(clock.instant().plusSeconds(3)));
    registry.faults().clear();
    alarms.advance(Duration.ofSeconds(3));

    Await.until(() -> converted().size() == 1);
    assertThat(endpoints.isOpen(REGISTRY)).isTrue();
    assertThat(endpoints.isOpen(BACKFILL)).isTrue();
  }

  @Test
  void goesOnInTheNextProcessAfterAKill() {
    Descriptor old = refuseOnce(push(OLD, Origin.BACKFILL));
    converter.start();
    awaitTrouble(BACKFILL);
    converter.stop(Duration.ofMillis(1));
    endpoints = new Endpoints(clock, alarms, new Random(2));
    converter = process();

    converter.start();

    Await.until(() -> converted().size() == 1);
    assertThat(converted().getFirst().digest()).isEqualTo(old.digest());
  }

  @Test
  void noSecondHasMoreRequestsThanItsShareHoweverManyPartitionsItComesFrom() {
    rate = 5;
    converter = process();
    for (int i = 0; i < 20; i++) {
      push(RepositoryName.canonical("localhost:5055/team/old-" + i), Origin.BACKFILL);
    }
    converter.start();
    Await.until(() -> converted().size() == 20);

    int requests = registry.requests().size();
    assertThat(requests).isGreaterThanOrEqualTo(60);
    assertThat(Duration.ofNanos(nanos.get()))
        .as("time of %d requests", requests)
        .isGreaterThanOrEqualTo(Duration.ofSeconds(1).multipliedBy(requests - 1).dividedBy(rate));
  }

  @Test
  void ofThisShareItHasAsMuchAsOfThePartitions() {
    rate = 5;
    others = true;
    converter = process();
    push(OLD, Origin.BACKFILL);
    converter.start();
    Await.until(() -> converted().size() == 1);

    int requests = registry.requests().size();
    assertThat(requests).isGreaterThanOrEqualTo(3);
    assertThat(Duration.ofNanos(nanos.get()))
        .as("time of %d requests, with a quarter of the partitions", requests)
        .isGreaterThanOrEqualTo(
            Duration.ofSeconds(1).multipliedBy(4L * (requests - 1)).dividedBy(rate));
  }

  /** As another converter sees it that came later. */
  private record HostOfAQuarter(StepHost host) implements StepHost {
    @Override
    public boolean holds(Topic topic, String key) {
      return KeyPartitions.of(key) < Topic.PARTITIONS / 4;
    }

    @Override
    public void start() {
      host.start();
    }

    @Override
    public boolean nudge(Topic topic, String key) {
      return host.nudge(topic, key);
    }

    @Override
    public void onHeld(IntConsumer listener) {
      host.onHeld(listener);
    }

    @Override
    public boolean hasOpenGap() {
      return host.hasOpenGap();
    }

    @Override
    public Optional<String> trouble() {
      return host.trouble();
    }

    @Override
    public void stop(Duration limit) {
      host.stop(limit);
    }
  }

  @Test
  void freshPushesTakeNothingOfIt() {
    push(APP, Origin.WEBHOOK);
    converter.start();
    Await.until(() -> converted().size() == 1);

    assertThat(nanos).as("time that somebody waited for its turn").hasValue(0);
  }

  /** Another process, on the same topics. */
  private MemoryService process() {
    ServiceContext context =
        new ServiceContext(
            TestConverter.shared(List.of(TestConverter.peerSettings("ingest", false)), List.of()),
            catalog,
            endpoints,
            OpenTelemetry.noop(),
            AuditSink.NONE,
            clock);
    ConverterService service =
        new ConverterService(
            context,
            TestConverter.SETTINGS,
            _ -> peer,
            registry,
            Executors::newVirtualThreadPerTaskExecutor,
            (usual, share) ->
                new RequestBudget(
                    rate == 0 ? usual : rate,
                    share,
                    nanos::get,
                    time -> nanos.addAndGet(time.toNanos())));
    MemoryService host =
        bus.service(
            new ServiceId("converter", "convert", "main"),
            Set.of(Topic.OBSERVED),
            endpoints,
            catalog,
            service.step());
    if (others) {
      service.shareBackfill(new HostOfAQuarter(host));
    }
    return host;
  }

  private Descriptor push(RepositoryName name, Origin origin) {
    pushed++;
    Uploads uploads = new Uploads(registry, name);
    Descriptor top = uploads.image(uploads.layer(pushed, 1000));
    bus.send(
        new Observed(
            name,
            new Tag("v" + pushed),
            top.digest(),
            top.mediaType(),
            top.size(),
            origin,
            NOON,
            NOON,
            null));
    return top;
  }

  private Descriptor refuseOnce(Descriptor image) {
    registry.faults().next(image.digest().toString(), new Fault.Status(429, Optional.of(WISH)));
    return image;
  }

  private void awaitTrouble(String endpoint) {
    Await.until(
        () ->
            catalog.failures().newest(10).stream()
                .anyMatch(failure -> endpoint.equals(failure.endpoint())));
  }

  private List<Converted> converted() {
    return bus.read(Topic.CONVERTED, Converted.class);
  }
}
