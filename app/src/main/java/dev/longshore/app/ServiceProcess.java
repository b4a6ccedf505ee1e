package dev.longshore.app;

import dev.longshore.app.query.find.QueryException;
import dev.longshore.app.settings.CertificateMetrics;
import dev.longshore.app.settings.FollowedSettings;
import dev.longshore.app.settings.SettingsMetrics;
import dev.longshore.app.stages.MeasuredSteps;
import dev.longshore.catalog.Catalog;
import dev.longshore.events.Topic;
import dev.longshore.ipfs.node.IpfsNode;
import dev.longshore.runtime.config.CurrentSettings;
import dev.longshore.runtime.config.ServiceContext;
import dev.longshore.runtime.config.SharedSettings;
import dev.longshore.runtime.edge.audit.AuditTrail;
import dev.longshore.runtime.edge.http.EdgeOptions;
import dev.longshore.runtime.edge.http.HealthRoutes;
import dev.longshore.runtime.edge.http.HttpEdge;
import dev.longshore.runtime.edge.http.Route;
import dev.longshore.runtime.kafka.ConsumerSettings;
import dev.longshore.runtime.kafka.KeyedConsumer;
import dev.longshore.runtime.kafka.OpenGap;
import dev.longshore.runtime.kafka.StateReader;
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
import dev.longshore.runtime.service.metrics.LoopTurns;
import dev.longshore.runtime.service.metrics.ProcessMetrics;
import dev.longshore.runtime.service.telemetry.Telemetry;
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
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/**
 * The shared parts of a process's services, and all its parts in starting order; they stop in
 * reverse order.
 */
final class ServiceProcess {
  /** A restart is behind by seconds; a first start by far more, so it serves meanwhile. */
  private static final Duration CATCH_UP_LIMIT = Duration.ofSeconds(5);

  /** After that, the caller reads Kafka itself. */
  private static final Duration ASKED_LIMIT = Duration.ofSeconds(2);

  /** A partition of a million polls takes less; it is tried again. */
  private static final Duration STATES_LIMIT = Duration.ofMinutes(1);

  /** It is complete every other second while Kafka answers. */
  private static final Duration CATALOG_WITHIN = Duration.ofMinutes(10);

  private static final Duration HEALTH_LIMIT = Duration.ofSeconds(2);

  /** No caller waits for it, but a stop does. */
  private static final Duration AUDIT_LIMIT = Duration.ofSeconds(5);

  private final SharedSettings shared;
  private final CurrentSettings current;
  private final Set<ServiceName> services;
  private final List<Part> parts = new ArrayList<>();
  private final Clock clock = Clock.systemUTC();
  private final Map<String, Object> kafka;
  private final Telemetry telemetry;
  private final Endpoints endpoints;
  private final Health health;
  private final AuditTrail audit;
  private final Vertx vertx;
  private final Catalog catalog;
  private final CatalogFollower follower;
  private final MeasuredSteps steps;

  /**
   * A process without services so far.
   *
   * @param settings followed from the start of the parts on
   * @param services the services to be added
   * @param createTopics whether to set up this Kafka, as in a development run
   * @param spans see every span of the process
   */
  ServiceProcess(
      FollowedSettings settings,
      Set<ServiceName> services,
      boolean createTopics,
      List<SpanProcessor> spans) {
    this.shared = settings.now().shared();
    this.current = settings.current();
    this.services = Set.copyOf(services);
    this.kafka = KafkaConnection.of(shared.kafka());
    this.telemetry =
        Telemetry.start(
            "longshore-" + process(), Version.NUMBER, shared.instance(), shared.telemetry(), spans);
    TimerAlarms alarms = new TimerAlarms();
    this.endpoints = new Endpoints(clock, alarms, RandomGenerator.getDefault());
    EndpointMetrics.register(
        telemetry.openTelemetry().getMeter("dev.longshore.endpoints"), endpoints, clock);
    ProcessMetrics.register(telemetry.openTelemetry().getMeter("dev.longshore.process"));
    SettingsMetrics.register(
        telemetry.openTelemetry().getMeter("dev.longshore.settings"), settings::staleness);
    CertificateMetrics.register(
        telemetry.openTelemetry().getMeter("dev.longshore.certificates"), settings::now, clock);
    this.health = new Health(clock);
    Meter audited = telemetry.openTelemetry().getMeter("dev.longshore.audit");
    this.audit =
        shared.telemetry().auditTopic()
            ? AuditTrail.toTopic(audited, this::auditSender)
            : AuditTrail.toLog(audited);
    this.vertx = Vertx.vertx();
    Path state = store("catalog.db");
    this.catalog =
        services.equals(Set.of(ServiceName.OPS))
            ? Catalog.openSmall(state, clock)
            : Catalog.open(state, clock);
    this.steps =
        new MeasuredSteps(
            catalog, telemetry.openTelemetry().getMeter("dev.longshore.stages"), clock);
    // Also before a rule asks for pulls, as one may do so later without a restart.
    boolean asksForPulls =
        services.contains(ServiceName.PINNER)
            || services.contains(ServiceName.CONVERTER)
            || services.contains(ServiceName.OPS);
    this.follower =
        new CatalogFollower(
            kafka,
            shared.kafka().topicPrefix(),
            asksForPulls ? Catalog.TOPICS_AND_PULLS : Catalog.TOPICS,
            catalog,
            clock);

    parts.add(Running.closing("telemetry", telemetry));
    parts.add(Running.closing("endpoints", alarms));
    add(audit, audit::trouble);
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
    } else {
      new LoopTurns(telemetry.openTelemetry())
          .follow(process() + " catalog", CATALOG_WITHIN, follower::turnedAt);
    }
  }

  /** What each service is given. */
  ServiceContext context() {
    return new ServiceContext(
        shared, current, catalog, endpoints, telemetry.openTelemetry(), audit, clock);
  }

  CatalogFollower follower() {
    return follower;
  }

  Vertx vertx() {
    return vertx;
  }

  List<Part> parts() {
    return List.copyOf(parts);
  }

  /** Adds a part that starts after those that are there. */
  void add(Part part) {
    parts.add(part);
  }

  /** Adds a part without which the process is not ready. */
  void add(Part part, Supplier<Optional<String>> trouble) {
    add(part);
    watch(part.name(), trouble);
  }

  /** Makes the process ready only while there is no trouble. */
  void watch(String what, Supplier<Optional<String>> trouble) {
    health.watch(what, HEALTH_LIMIT, () -> none(trouble.get()));
  }

  /** Adds the listener of health and metrics, which serves these routes too. */
  void listen(List<Route> more) {
    List<Route> routes = new ArrayList<>(HealthRoutes.of(health, telemetry.metrics()));
    routes.addAll(more);
    parts.add(
        new HttpEdge(
            vertx,
            EdgeOptions.of("health", shared.health()),
            routes,
            telemetry.openTelemetry(),
            audit));
  }

  /** The catalog, caught up with Kafka: the caller may have written to it just before. */
  Catalog caughtUp() throws QueryException, InterruptedException {
    try {
      follower.awaitEnd(ASKED_LIMIT);
      return catalog;
    } catch (TimeoutException e) {
      throw new QueryException(String.valueOf(e.getMessage()), e);
    }
  }

  /** A sender for a service's records, which Kafka must confirm within the time. */
  EventSender sender(String service, Duration limit) {
    return new EventSender(kafka, shared.kafka().topicPrefix(), service, limit, clock);
  }

  /** A reader of states that the catalog does not follow. */
  StateReader stateReader() {
    return new StateReader(kafka, shared.kafka().topicPrefix(), STATES_LIMIT);
  }

  /** Adds the check of the topics; the result says whether Kafka answered. */
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

  /** An edge and a page must work while the rest is away: they start and serve without Kafka. */
  private boolean onlyServes() {
    return services.equals(Set.of(ServiceName.RESOLVER))
        || services.equals(Set.of(ServiceName.OPS));
  }

  /** A resolver serves its state however old; answers contain the age. */
  private Optional<String> catalogProblem() {
    return onlyServes() && follower.age().isPresent() ? follower.ended() : follower.problem();
  }

  private EventSender auditSender() {
    return sender(process() + "-audit", AUDIT_LIMIT);
  }

  /**
   * Adds the host that gives a service its messages, and measures its steps.
   *
   * @param onGap called when records may have been missed
   */
  StepHost host(String service, String stage, Topic work, Step step, Consumer<OpenGap> onGap) {
    KeyedConsumer host =
        new KeyedConsumer(
            new ConsumerSettings(
                kafka,
                shared.kafka().topicPrefix(),
                new ServiceId(service, stage, shared.instance())),
            Set.of(work),
            steps.around(step),
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

  /**
   * Adds the host of a service, and reconciliation for missed messages.
   *
   * @param missed keys that lack a result
   */
  StepHost reconciledHost(
      String service, String stage, Topic work, Step step, Supplier<List<String>> missed) {
    BlockingQueue<OpenGap> gaps = new LinkedBlockingQueue<>();
    StepHost host = host(service, stage, work, step, gaps::add);
    Reconciliation reconciliation =
        new Reconciliation(gaps, follower::awaitEnd, missed, key -> host.nudge(work, key), clock);
    parts.add(reconciliation);
    health.watch(
        "reconciliation of " + work.name(""), HEALTH_LIMIT, () -> none(reconciliation.trouble()));
    return host;
  }

  /** Adds nodes to the health check: the service needs one of them; other peers may be away. */
  void watchNodes(String what, Supplier<List<IpfsNode>> nodes) {
    health.watch(
        what + " " + nodes.get().stream().map(IpfsNode::name).collect(Collectors.joining(" or ")),
        HEALTH_LIMIT,
        new AnyNode(nodes, HEALTH_LIMIT));
  }

  private String process() {
    return services.size() == 1 ? services.iterator().next().text() : "all";
  }

  /**
   * This process's own file: two processes in one home must not share a store. A page beside
   * services has none of its own.
   */
  private Path store(String name) {
    String own =
        services.stream()
            .filter(service -> service != ServiceName.OPS || services.size() == 1)
            .sorted()
            .map(ServiceName::text)
            .collect(Collectors.joining("-"));
    return shared.home().resolve("stores").resolve(own).resolve(name);
  }

  private static void none(Optional<String> trouble) {
    trouble.ifPresent(
        what -> {
          throw new IllegalStateException(what);
        });
  }
}
