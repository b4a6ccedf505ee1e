package dev.longshore.app.faults;

import dev.longshore.catalog.Catalog;
import dev.longshore.converter.ConverterService;
import dev.longshore.converter.ConverterSettings;
import dev.longshore.converter.UndoneForgets;
import dev.longshore.events.Topic;
import dev.longshore.ipfs.node.IpfsNode;
import dev.longshore.oci.source.ImageSource;
import dev.longshore.pinner.NameWatch;
import dev.longshore.pinner.PinnerService;
import dev.longshore.pinner.PinnerSettings;
import dev.longshore.runtime.config.PeerSettings;
import dev.longshore.runtime.config.ServiceContext;
import dev.longshore.runtime.config.SharedSettings;
import dev.longshore.runtime.edge.access.AccessSettings;
import dev.longshore.runtime.edge.access.CredentialSettings;
import dev.longshore.runtime.edge.access.ListenerSettings;
import dev.longshore.runtime.edge.audit.AuditSink;
import dev.longshore.runtime.kafka.record.ServiceId;
import dev.longshore.runtime.kafka.step.Step;
import dev.longshore.runtime.service.endpoint.Endpoints;
import dev.longshore.runtime.testing.MemoryBus;
import dev.longshore.runtime.testing.MemoryService;
import dev.longshore.runtime.testing.Simulation;
import dev.longshore.settings.Secret;
import dev.longshore.settings.value.ByteSize;
import dev.longshore.settings.value.Listen;
import dev.longshore.watcher.CatalogBarrier;
import dev.longshore.watcher.WatcherService;
import dev.longshore.watcher.WatcherSettings;
import io.opentelemetry.api.OpenTelemetry;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * The real watcher, converter and pinner on a bus in memory, each with a catalog of its own. A
 * restart gives a service new objects: what was in its memory is gone.
 */
final class Services implements AutoCloseable {
  private static final Listen NOWHERE = new Listen("127.0.0.1", 0);
  private static final Duration SHORT = Duration.ofSeconds(5);
  private static final Duration LOST_AFTER = Duration.ofMinutes(30);

  private final SharedSettings shared;
  private final ConverterSettings converting;
  private final ImageSource images;
  private final Map<String, ? extends IpfsNode> nodes;
  private final UnaryOperator<IpfsNode> seen;
  private final Clock clock;
  private final Vertx vertx;
  private final MemoryBus bus;
  private final Supplier<ExecutorService> workers;
  private final Connections ofConverter = new Connections();
  private final Connections ofPinner = new Connections();
  final Catalog watching;
  final Catalog converted;
  final Catalog pins;
  final Endpoints endpointsOfWatcher;
  final Endpoints endpointsOfConverter;
  final Endpoints endpointsOfPinner;
  final MemoryService watcherHost;
  final MemoryService converterHost;
  final MemoryService pinnerHost;
  private final AtomicReference<WatcherService> watcher = new AtomicReference<>();
  private final AtomicReference<ConverterService> converter = new AtomicReference<>();
  private final AtomicReference<PinnerService> pinner = new AtomicReference<>();
  private final AtomicReference<NameWatch> names = new AtomicReference<>();
  private final AtomicReference<UndoneForgets> undone = new AtomicReference<>();

  Services(
      SharedSettings shared,
      ImageSource images,
      Map<String, ? extends IpfsNode> nodes,
      UnaryOperator<IpfsNode> seen,
      MemoryBus bus,
      Clock clock,
      Vertx vertx,
      Function<String, Endpoints> endpoints,
      Supplier<ExecutorService> workers) {
    this.shared = shared;
    this.images = images;
    this.nodes = nodes;
    this.seen = seen;
    this.bus = bus;
    this.clock = clock;
    this.vertx = vertx;
    this.workers = workers;
    this.converting = new ConverterSettings("ingest", 4, Setup.ANY_SIZE, Duration.ofSeconds(1));
    this.watching = Catalog.inMemory(clock);
    this.converted = Catalog.inMemory(clock);
    this.pins = Catalog.inMemory(clock);
    this.endpointsOfWatcher = endpoints.apply("watcher");
    this.endpointsOfConverter = endpoints.apply("converter");
    this.endpointsOfPinner = endpoints.apply("pinner");
    startWatcher();
    startConverter();
    startPinner();
    this.watcherHost =
        host(
            "watcher",
            Topic.HINTS,
            endpointsOfWatcher,
            watching,
            (message, progress) -> watcher.get().step().handle(message, progress));
    this.converterHost =
        host(
            "converter",
            Topic.OBSERVED,
            endpointsOfConverter,
            converted,
            (message, progress) -> converter.get().step().handle(message, progress));
    this.pinnerHost =
        host(
            "pinner",
            Topic.CONVERTED,
            endpointsOfPinner,
            pins,
            (message, progress) -> pinner.get().step().handle(message, progress));
  }

  private MemoryService host(
      String service, Topic topic, Endpoints endpoints, Catalog catalog, Step step) {
    return bus.service(
        new ServiceId(service, service, "1"), Set.of(topic), endpoints, catalog, step);
  }

  /** Has services that the simulation kills start with nothing in memory. */
  void restartIn(Simulation simulation) {
    simulation.onCrash(watcherHost, this::startWatcher);
    lookForUndone(simulation);
    simulation.onCrash(
        converterHost,
        () -> {
          startConverter();
          lookForUndone(simulation);
        });
    watchNames(simulation);
    simulation.onCrash(
        pinnerHost,
        () -> {
          startPinner();
          watchNames(simulation);
        });
  }

  private void watchNames(Simulation simulation) {
    names.set(pinner.get().names(new SimulatedHost(simulation, pinnerHost)));
  }

  private void lookForUndone(Simulation simulation) {
    SimulatedHost host = new SimulatedHost(simulation, converterHost);
    undone.set(converter.get().undoneForgets(key -> host.nudge(Topic.OBSERVED, key)));
  }

  private void startWatcher() {
    watcher.set(
        new WatcherService(
            new ServiceContext(
                shared, watching, endpointsOfWatcher, OpenTelemetry.noop(), AuditSink.NONE, clock),
            new WatcherSettings(
                ListenerSettings.asking(
                    NOWHERE, new CredentialSettings(null, null, new Secret("token"))),
                false),
            List.of(),
            CatalogBarrier.AT_HAND,
            images,
            bus::send,
            _ -> {},
            vertx));
  }

  private void startConverter() {
    ofConverter.closeAll();
    converter.set(
        new ConverterService(
            new ServiceContext(
                shared,
                converted,
                endpointsOfConverter,
                OpenTelemetry.noop(),
                AuditSink.NONE,
                clock),
            converting,
            peer -> node(ofConverter, peer),
            images,
            workers));
  }

  private void startPinner() {
    ofPinner.closeAll();
    pinner.set(
        new PinnerService(
            new ServiceContext(
                shared, pins, endpointsOfPinner, OpenTelemetry.noop(), AuditSink.NONE, clock),
            new PinnerSettings(
                NOWHERE,
                NOWHERE,
                AccessSettings.OPEN,
                8,
                SHORT,
                SHORT,
                SHORT,
                SHORT,
                SHORT,
                LOST_AFTER,
                new ByteSize(10 << 20),
                Duration.ofDays(1),
                20),
            peer -> node(ofPinner, peer),
            workers,
            new Random(1)));
  }

  private IpfsNode node(Connections ofProcess, PeerSettings peer) {
    IpfsNode node = nodes.get(peer.name());
    if (node == null) {
      throw new IllegalArgumentException("peer: " + peer.name() + " (expected: one of the test)");
    }
    return seen.apply(ofProcess.to(node));
  }

  void poll() throws InterruptedException {
    watcher.get().pollOnce();
  }

  /** A round of the pinner, whose catalog has been read to its end. */
  void repair(Predicate<String> nudge) {
    pins.writer().complete(clock.instant());
    pinner.get().repairOnce(nudge);
  }

  /** Has the pinner look at the names that changed. */
  void lookAtNames() {
    names.get().round();
  }

  /** Has the converter look for names whose image is forgotten no longer. */
  void lookForUndone() {
    undone.get().round();
  }

  /** Endpoints whose pauses no alarm ends. */
  static Endpoints endpoints(Clock clock, long seed) {
    return new Endpoints(clock, (_, _) -> {}, new Random(seed));
  }

  List<Catalog> catalogs() {
    return List.of(watching, converted, pins);
  }

  @Override
  public void close() {
    catalogs().forEach(Catalog::close);
  }
}
