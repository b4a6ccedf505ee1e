package dev.longshore.app;

import dev.longshore.catalog.Catalog;
import dev.longshore.converter.ConverterService;
import dev.longshore.events.Topic;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.kubo.IpfsNode;
import dev.longshore.oci.registry.RegistryClient;
import dev.longshore.pinner.PinnerService;
import dev.longshore.resolver.ResolverConfig;
import dev.longshore.resolver.ResolverService;
import dev.longshore.runtime.config.PeerSettings;
import dev.longshore.runtime.config.SharedSettings;
import dev.longshore.runtime.edge.audit.AuditTrail;
import dev.longshore.runtime.edge.http.EdgeOptions;
import dev.longshore.runtime.edge.http.HealthRoutes;
import dev.longshore.runtime.edge.http.HttpEdge;
import dev.longshore.runtime.kafka.CatchUp;
import dev.longshore.runtime.kafka.ConsumerSettings;
import dev.longshore.runtime.kafka.KeyedConsumer;
import dev.longshore.runtime.kafka.OpenGap;
import dev.longshore.runtime.kafka.StepHost;
import dev.longshore.runtime.kafka.dispatch.Handler;
import dev.longshore.runtime.kafka.follow.CatalogFollower;
import dev.longshore.runtime.kafka.record.EventSender;
import dev.longshore.runtime.kafka.record.ServiceId;
import dev.longshore.runtime.kafka.step.Step;
import dev.longshore.runtime.service.endpoint.EndpointMetrics;
import dev.longshore.runtime.service.endpoint.Endpoints;
import dev.longshore.runtime.service.endpoint.TimerAlarms;
import dev.longshore.runtime.service.health.Health;
import dev.longshore.runtime.service.lifecycle.Part;
import dev.longshore.runtime.service.metrics.ProcessMetrics;
import dev.longshore.runtime.service.telemetry.Telemetry;
import dev.longshore.watcher.Pause;
import dev.longshore.watcher.WatchedNode;
import dev.longshore.watcher.WatcherService;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/**
 * One process with any of the four services, wired by hand, top to bottom. The services know
 * nothing of each other: in one process, too, they speak only through Kafka.
 */
public final class Longshore {
  /** Kafka confirms a hint in milliseconds; a registry waits 5 s for its 2xx. */
  private static final Duration HINT_LIMIT = Duration.ofSeconds(4);

  /** A restart is behind by seconds; a first start by far more, and serves meanwhile. */
  private static final Duration CATCH_UP_LIMIT = Duration.ofSeconds(5);

  private static final Duration HEALTH_LIMIT = Duration.ofSeconds(2);

  /** Nobody waits for it, but a stop does. */
  private static final Duration AUDIT_LIMIT = Duration.ofSeconds(5);

  private final SharedSettings shared;
  private final Set<ServiceName> services;
  private final List<Part> parts = new ArrayList<>();

  // What all services of the process share.
  private final Clock clock = Clock.systemUTC();
  private final Map<String, Object> kafka;
  private final Telemetry telemetry;
  private final Endpoints endpoints;
  private final Health health;
  private final AuditTrail audit;
  private final Vertx vertx;
  private final Catalog catalog;
  private final CatalogFollower follower;

  /**
   * Wires what is asked for; nothing runs yet.
   *
   * @param createTopics whether this Kafka is ours to set up, as in a development run
   * @param spans see every span of the process
   */
  public Longshore(
      Settings settings,
      Set<ServiceName> services,
      boolean createTopics,
      List<SpanProcessor> spans) {
    this.shared = settings.shared();
    this.services = Set.copyOf(services);
    this.kafka = KafkaConnection.of(shared.kafka());
    this.telemetry =
        Telemetry.start(
            "longshore-" + process(), Version.NUMBER, shared.instance(), shared.telemetry(), spans);
    TimerAlarms alarms = new TimerAlarms();
    this.endpoints = new Endpoints(clock, alarms, RandomGenerator.getDefault());
    EndpointMetrics.register(
        telemetry.openTelemetry().getMeter("dev.longshore.endpoints"), endpoints);
    ProcessMetrics.register(telemetry.openTelemetry().getMeter("dev.longshore.process"));
    this.health = new Health(clock);
    Meter audited = telemetry.openTelemetry().getMeter("dev.longshore.audit");
    this.audit =
        shared.telemetry().auditTopic()
            ? AuditTrail.toTopic(audited, this::auditSender)
            : AuditTrail.toLog(audited);
    this.vertx = Vertx.vertx();
    this.catalog = Catalog.open(store("catalog.db"), clock);
    this.follower = new CatalogFollower(kafka, shared.kafka().topicPrefix(), catalog, clock);

    // Parts start in this order and stop in the reverse order.
    parts.add(Running.closing("telemetry", telemetry));
    parts.add(Running.closing("endpoints", alarms));
    parts.add(audit);
    parts.add(new Running("http", () -> {}, _ -> vertx.close().await()));
    BooleanSupplier reached = topics(createTopics);
    parts.add(
        new Running(
            "catalog",
            follower::start,
            _ -> {
              follower.close();
              catalog.close();
            }));
    health.watch(
        "catalog",
        HEALTH_LIMIT,
        () -> {
          var _ = catalog.completeAt(); // a look, which a broken store does not survive
          none(endpoints.trouble(Handler.STORE).or(this::catalogProblem));
        });
    if (onlyServes()) {
      parts.add(new CaughtUp(follower, reached, CATCH_UP_LIMIT));
    }

    // The path of an image.
    if (services.contains(ServiceName.WATCHER)) {
      watcher(settings);
    }
    if (services.contains(ServiceName.CONVERTER)) {
      converter(settings);
    }
    if (services.contains(ServiceName.PINNER)) {
      pinner(settings);
    }
    if (services.contains(ServiceName.RESOLVER)) {
      resolver(settings);
    }

    parts.add(
        new HttpEdge(
            vertx,
            EdgeOptions.of("health", shared.health()),
            HealthRoutes.of(health, telemetry.metrics()),
            telemetry.openTelemetry(),
            audit));
  }

  /** What runs, in the order of its start. */
  public List<Part> parts() {
    return List.copyOf(parts);
  }

  /** What this process knows of tags, images and pins. */
  public Catalog catalog() {
    return catalog;
  }

  /** Traces and metrics of this process. */
  public OpenTelemetry openTelemetry() {
    return telemetry.openTelemetry();
  }

  /** A push becomes a hint, a hint a look at the registry, and that an {@code observed} event. */
  private void watcher(Settings settings) {
    KafkaHints hints =
        new KafkaHints(
            () ->
                new EventSender(kafka, shared.kafka().topicPrefix(), "watcher", HINT_LIMIT, clock));
    parts.add(hints);
    CatchUp known = new CatchUp(follower);
    WatcherService watcher =
        new WatcherService(
            shared,
            settings.watcher(),
            settings.containerd().stream()
                .map(node -> new WatchedNode(node, Sources.open(node, clock)))
                .toList(),
            catalog,
            () -> known.await(() -> true),
            registries(),
            hints,
            endpoints,
            vertx,
            telemetry.openTelemetry(),
            clock,
            Pause.REAL,
            audit);
    host(
        "watcher",
        "observe",
        Topic.HINTS,
        watcher.step(),
        gap -> watcher.reconcileAll(gap::madeGood));
    parts.add(new Running("polls", watcher::startPolls, _ -> watcher.stopPolls()));
    health.watch("polls", HEALTH_LIMIT, () -> none(watcher.trouble()));
    parts.add(watcher.webhooks());
  }

  /** An observed image becomes one pinned DAG on the ingest peer, and a {@code converted} event. */
  private void converter(Settings settings) {
    PeerSettings peer = ConverterService.ingestPeer(shared.peers(), settings.converter());
    IpfsNode ingest = node(peer);
    watchNode("ingest peer", ingest);
    Sources sources = new Sources(registries(), settings.containerd(), clock);
    parts.add(Running.closing("sources", sources));
    ConverterService converter =
        new ConverterService(
            settings.converter(),
            shared.rules(),
            peer,
            ingest,
            catalog,
            sources,
            shared.home(),
            telemetry.openTelemetry(),
            clock);
    BlockingQueue<OpenGap> gaps = new LinkedBlockingQueue<>();
    StepHost host = host("converter", "convert", Topic.OBSERVED, converter.step(), gaps::add);
    reconcile(gaps, new MissedObservations(catalog)::keys, host, Topic.OBSERVED);
  }

  /** A converted image gets its copies on the peers, each verified. */
  private void pinner(Settings settings) {
    PinnerService pinner =
        new PinnerService(
            shared,
            settings.pinner(),
            catalog,
            this::node,
            endpoints,
            telemetry.openTelemetry(),
            clock);
    BlockingQueue<OpenGap> gaps = new LinkedBlockingQueue<>();
    StepHost host = host("pinner", "pin", Topic.CONVERTED, pinner.step(), gaps::add);
    reconcile(gaps, pinner::missed, host, Topic.CONVERTED);
    parts.add(
        new Running(
            "repair",
            () -> pinner.startRepair(dag -> host.nudge(Topic.CONVERTED, dag)),
            _ -> pinner.stopRepair()));
    parts.addAll(pinner.listeners(vertx, telemetry.openTelemetry(), audit));
  }

  /** Images with a verified copy are served by name, digest and CID. */
  private void resolver(Settings settings) {
    ResolverConfig its = settings.resolver();
    if (its == null) {
      throw new IllegalArgumentException(
          "resolver: no settings (expected: at least its own Kubo node under kubo)");
    }
    ResolverService resolver =
        new ResolverService(
            shared,
            its,
            catalog,
            follower,
            this::node,
            vertx,
            telemetry.openTelemetry(),
            audit,
            clock);
    watchNode("resolver's node", node(its.kubo()));
    parts.addAll(resolver.parts());
    health.watch("resolver", HEALTH_LIMIT, () -> none(resolver.trouble()));
  }

  // What several services need.

  /** Adds the look at the topics; the answer says whether Kafka was there for it. */
  private BooleanSupplier topics(boolean create) {
    KafkaTopics topics = new KafkaTopics(shared.kafka());
    if (onlyServes()) {
      LateTopicCheck check = new LateTopicCheck(topics::problem);
      parts.add(check);
      health.watch("topics", HEALTH_LIMIT, () -> none(check.problem()));
      return check::reached;
    }
    parts.add(Running.once("topics", create ? topics::create : topics::check));
    return () -> true;
  }

  /** An edge is there for when the rest is away: it starts and serves without Kafka. */
  private boolean onlyServes() {
    return services.equals(Set.of(ServiceName.RESOLVER));
  }

  /** What is known is served, however old; an answer says its age. */
  private Optional<String> catalogProblem() {
    return onlyServes() && follower.age().isPresent() ? follower.ended() : follower.problem();
  }

  private EventSender auditSender() {
    return new EventSender(
        kafka, shared.kafka().topicPrefix(), process() + "-audit", AUDIT_LIMIT, clock);
  }

  private StepHost host(
      String service, String stage, Topic work, Step step, Consumer<OpenGap> onGap) {
    KeyedConsumer host =
        new KeyedConsumer(
            new ConsumerSettings(
                kafka,
                shared.kafka().topicPrefix(),
                new ServiceId(service, stage, shared.instance())),
            Set.of(work),
            step,
            endpoints,
            catalog,
            follower,
            onGap,
            telemetry.openTelemetry(),
            clock);
    parts.add(new Running(service, host::start, host::stop));
    health.watch(service, HEALTH_LIMIT, () -> none(host.trouble()));
    return host;
  }

  private void reconcile(
      BlockingQueue<OpenGap> gaps, Supplier<List<String>> missed, StepHost host, Topic work) {
    Reconciliation reconciliation =
        new Reconciliation(gaps, follower::awaitEnd, missed, key -> host.nudge(work, key), clock);
    parts.add(reconciliation);
    health.watch(
        "reconciliation of " + work.name(""), HEALTH_LIMIT, () -> none(reconciliation.trouble()));
  }

  /** A node without which the service does nothing; of the other peers some may be away. */
  private void watchNode(String what, IpfsNode node) {
    health.watch(
        what + " " + node.name(), HEALTH_LIMIT, () -> node.id(Deadline.after(HEALTH_LIMIT)));
  }

  private RegistryClient registries() {
    return new RegistryClient(SourceRegistries.of(shared.registries()));
  }

  private IpfsNode node(PeerSettings peer) {
    return KuboNodes.open(peer);
  }

  private String process() {
    return services.size() == 1 ? services.iterator().next().text() : "all";
  }

  /** A file of this process's own: two processes in one home must not share a store. */
  private Path store(String name) {
    String own = services.stream().sorted().map(ServiceName::text).collect(Collectors.joining("-"));
    return shared.home().resolve("stores").resolve(own).resolve(name);
  }

  private static void none(Optional<String> trouble) {
    trouble.ifPresent(
        what -> {
          throw new IllegalStateException(what);
        });
  }
}
