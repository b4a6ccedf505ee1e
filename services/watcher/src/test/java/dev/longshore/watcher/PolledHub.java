package dev.longshore.watcher;

import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.WorkFailure;
import dev.longshore.events.Hint;
import dev.longshore.events.Observed;
import dev.longshore.events.Origin;
import dev.longshore.events.Topic;
import dev.longshore.model.RegistryHost;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.source.ImageSource;
import dev.longshore.oci.testing.InMemoryRegistry;
import dev.longshore.runtime.config.ServiceContext;
import dev.longshore.runtime.config.SharedSettings;
import dev.longshore.runtime.edge.audit.AuditSink;
import dev.longshore.runtime.kafka.record.ServiceId;
import dev.longshore.runtime.service.endpoint.Endpoints;
import dev.longshore.runtime.service.endpoint.ManualAlarms;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.runtime.testing.MemoryBus;
import dev.longshore.runtime.testing.MemoryService;
import dev.longshore.settings.ConfigLoader;
import dev.longshore.settings.ConfigSources;
import dev.longshore.settings.Inline;
import dev.longshore.settings.Setting;
import dev.longshore.testing.ManualClock;
import dev.longshore.testing.RandomImage;
import dev.longshore.watcher.sender.DistributionEvents;
import io.opentelemetry.api.OpenTelemetry;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/** A watcher that polls a registry, as it runs, with Kafka in memory and time by hand. */
final class PolledHub implements AutoCloseable {
  static final RegistryHost HOST = new RegistryHost("localhost:5055");
  private static final int ANY_BACKFILL = 100_000;
  static final String REGISTRY = "registry localhost:5055";
  static final String POLLS = "polls of " + REGISTRY;
  static final String BACKFILL = "backfill of " + REGISTRY;

  final ManualClock clock = new ManualClock(Instant.parse("2026-01-01T00:00:00Z"));
  final ManualAlarms alarms = new ManualAlarms(clock);
  final Endpoints endpoints = new Endpoints(clock, alarms, new Random(1));
  final InMemoryRegistry registry = new InMemoryRegistry();
  final Catalog catalog = Catalog.inMemory(clock);
  final MemoryBus bus = new MemoryBus(clock);
  final WatcherService watcher;

  /** Times that something waited for its turn in a budget, or to look again. */
  final AtomicInteger waits = new AtomicInteger();

  private final Vertx vertx = Vertx.vertx();
  private final MemoryService service;

  /** The sections that a watcher reads. */
  record Settings(
      @Inline SharedSettings shared,
      @Setting(value = "{}", doc = "the watcher") WatcherSettings watcher) {}

  /**
   * A watcher that is not started.
   *
   * @param repositories to be polled, as a list in YAML
   */
  PolledHub(Path folder, String repositories) throws Exception {
    this(folder, repositories, ANY_BACKFILL);
  }

  /**
   * The same.
   *
   * @param backfill images of a backfill that are under way at once
   */
  PolledHub(Path folder, String repositories, int backfill) throws Exception {
    Settings settings = settings(folder, HOST, repositories, backfill);
    watcher = watcher(settings, registry);
    service =
        bus.service(
            new ServiceId("watcher", "observe", "main"),
            Set.of(Topic.HINTS),
            endpoints,
            catalog,
            watcher.step());
  }

  static Settings settings(Path folder, RegistryHost host, String repositories) throws Exception {
    return settings(folder, host, repositories, ANY_BACKFILL);
  }

  private static Settings settings(
      Path folder, RegistryHost host, String repositories, int backfill) throws Exception {
    Path token = Files.writeString(folder.resolve("token"), "of the registry");
    Path file =
        Files.writeString(
            folder.resolve("longshore.yaml"),
            """
            registries:
              - {name: dev, host: "%s", poll: {interval: 1d, repositories: %s, backfill: %d}}
            watcher:
              webhooks: {listen: "127.0.0.1:0", credentials: {token-file: %s}}
            """
                .formatted(host, repositories, backfill, token));
    return new ConfigLoader<>(Settings.class)
        .load(new ConfigSources(file, Map.of(), List.of()))
        .settings();
  }

  private WatcherService watcher(Settings settings, ImageSource images) {
    return new WatcherService(
        new ServiceContext(
            settings.shared(), catalog, endpoints, OpenTelemetry.noop(), AuditSink.NONE, clock),
        settings.watcher(),
        List.of(),
        CatalogBarrier.AT_HAND,
        images,
        bus::send,
        _ -> waits.incrementAndGet(),
        vertx);
  }

  static RepositoryName name(String repository) {
    return new RepositoryName(HOST, repository);
  }

  void start() {
    service.start();
    watcher.startPolls();
  }

  /** Pushes an image without a notification. */
  Descriptor push(String repository, String tag, long seed) {
    return registry.push(name(repository), tag, RandomImage.of(seed));
  }

  /** The registry tells of a push. */
  void notified(String repository, String tag, Descriptor pushed) {
    String body =
        WatchedHub.notification(
            "push", repository, pushed.mediaType(), pushed.digest().toString(), tag);
    bus.send(
        new Hint(
            Origin.WEBHOOK,
            "dev",
            repository,
            DistributionEvents.V2,
            Base64.getEncoder().encodeToString(body.getBytes(StandardCharsets.UTF_8)),
            false,
            clock.instant()));
  }

  boolean hasObserved(String image) {
    return bus.read(Topic.OBSERVED, Observed.class).stream()
        .anyMatch(observed -> observed.key().equals(HOST + "/" + image));
  }

  void awaitObserved(String image) {
    Eventually.await(image + " to be observed", () -> hasObserved(image));
  }

  /** Lets time pass until it is. */
  void awaitWithTime(String image) {
    Eventually.await(
        image + " to be observed",
        () -> {
          alarms.advance(Duration.ofSeconds(1));
          return hasObserved(image);
        });
  }

  /** The trouble after so many tries. */
  WorkFailure awaitTry(String repository, int number) {
    Eventually.await(
        "try " + number + " of " + repository,
        () -> troubles(repository).stream().anyMatch(t -> t.attempt() == number));
    return troubles(repository).getFirst();
  }

  /** What {@code status} and {@code why} tell of what is refused. */
  WorkFailure awaitTrouble(String repository) {
    Eventually.await("trouble of " + repository, () -> !troubles(repository).isEmpty());
    return troubles(repository).getFirst();
  }

  List<WorkFailure> troubles(String repository) {
    return catalog.failures().of("dev/" + repository).stream()
        .filter(trouble -> trouble.kind() == WorkFailure.Kind.TRANSIENT)
        .toList();
  }

  /** Hints about the repository that were put aside, ever. */
  long parked(String repository) {
    return bus.records(Topic.RETRY).stream()
        .filter(record -> record.key().equals("dev/" + repository) && record.value() != null)
        .count();
  }

  /** Lets the pause of an endpoint pass. */
  void pass(WorkFailure trouble) {
    alarms.advance(Duration.between(clock.instant(), trouble.nextTry()));
  }

  @Override
  public void close() throws InterruptedException {
    watcher.stopPolls();
    service.stop(Duration.ofMillis(1));
    vertx.close().await();
    catalog.close();
  }
}
