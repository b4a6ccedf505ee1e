package dev.longshore.app;

import dev.longshore.app.doctor.StartChecks;
import dev.longshore.app.hub.KafkaReports;
import dev.longshore.app.ops.OpsService;
import dev.longshore.app.query.http.QueryRoutes;
import dev.longshore.app.query.lag.KnownSites;
import dev.longshore.app.settings.FollowedSettings;
import dev.longshore.app.settings.Settings;
import dev.longshore.app.stages.MeasuredSteps;
import dev.longshore.catalog.Catalog;
import dev.longshore.converter.ConverterService;
import dev.longshore.converter.EndedBlobs;
import dev.longshore.converter.LeftHolds;
import dev.longshore.converter.ReleasedImages;
import dev.longshore.converter.UndoneForgets;
import dev.longshore.events.PollState;
import dev.longshore.events.Topic;
import dev.longshore.ipfs.node.IpfsNode;
import dev.longshore.pinner.NameWatch;
import dev.longshore.pinner.PinnerService;
import dev.longshore.resolver.ResolverConfig;
import dev.longshore.resolver.ResolverService;
import dev.longshore.resolver.hub.settings.SiteGroupSettings;
import dev.longshore.runtime.config.ServiceContext;
import dev.longshore.runtime.kafka.CatchUp;
import dev.longshore.runtime.kafka.DeadLetters;
import dev.longshore.runtime.kafka.StateReader;
import dev.longshore.runtime.kafka.StepHost;
import dev.longshore.runtime.kafka.decision.DecisionWriter;
import dev.longshore.runtime.kafka.link.KafkaSettings;
import dev.longshore.runtime.service.lifecycle.Part;
import dev.longshore.watcher.Deliveries;
import dev.longshore.watcher.Pause;
import dev.longshore.watcher.WatcherService;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.sdk.trace.SpanProcessor;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One process with any of the services, wired by hand, top to bottom. The services do not know each
 * other: even in one process they communicate only through Kafka.
 */
public final class Longshore {
  /** Somebody waits for what a page decides. */
  private static final Duration PAGE_LIMIT = Duration.ofSeconds(20);

  private final Settings settings;
  private final ServiceProcess process;
  private final ServiceContext context;
  private final MeasuredSteps steps;
  private @Nullable Deliveries deliveries;
  private @Nullable FollowedSites sites;

  /**
   * Wires services whose settings stay as they are, without starting them.
   *
   * @param createTopics whether to set up this Kafka, as in a development run
   * @param spans see every span of the process
   */
  public Longshore(
      Settings settings,
      Set<ServiceName> services,
      boolean createTopics,
      List<SpanProcessor> spans) {
    this(FollowedSettings.fixed(settings), services, createTopics, spans);
  }

  /**
   * Wires the services without starting them.
   *
   * @param createTopics whether to set up this Kafka, as in a development run
   * @param spans see every span of the process
   */
  public Longshore(
      FollowedSettings followed,
      Set<ServiceName> services,
      boolean createTopics,
      List<SpanProcessor> spans) {
    this.settings = followed.now();
    this.process = new ServiceProcess(followed, services, createTopics, spans);
    this.context = process.context();
    this.steps =
        new MeasuredSteps(context.catalog(), context.telemetry().getMeter("dev.longshore.stages"));
    for (ServiceName service : new TreeSet<>(services)) { // the path of an image
      switch (service) {
        case WATCHER -> watcher();
        case CONVERTER -> converter();
        case PINNER -> pinner();
        case RESOLVER -> resolver(followed::siteGroups);
        case OPS -> page(followed);
      }
    }
    process.add(new StartChecks(settings, services));
    process.add(followed);
    process.listen(
        QueryRoutes.of(
            followed::now, followed::staleness, process::caughtUp, deliveries, knownSites()));
  }

  /** The parts in starting order. */
  public List<Part> parts() {
    return process.parts();
  }

  /** This process's copy of tags, images and pins. */
  public Catalog catalog() {
    return context.catalog();
  }

  /** Traces and metrics of this process. */
  public OpenTelemetry openTelemetry() {
    return context.telemetry();
  }

  /** A push becomes a hint, a hint a look at the registry, and that an {@code observed} event. */
  private void watcher() {
    KafkaHints hints = new KafkaHints(() -> process.sender("watcher", KafkaHints.LIMIT));
    process.add(hints);
    CatchUp known = new CatchUp(process.follower());
    WatcherService watcher =
        new WatcherService(
            context,
            settings.watcher(),
            ImageSources.watched(settings.containerd(), context.clock()),
            () -> known.await(() -> true),
            SourceRegistries.client(context.shared().registries()),
            hints,
            Pause.REAL,
            process.vertx());
    StepHost host =
        process.host(
            "watcher",
            "observe",
            Topic.HINTS,
            steps.around(watcher.step()),
            gap -> watcher.reconcileAll(gap::madeGood));
    StateReader polls = process.stateReader();
    watcher.sharePolls(
        host,
        partition ->
            polls.read(Topic.POLLS, partition).stream()
                .filter(PollState.class::isInstance)
                .map(PollState.class::cast)
                .toList());
    process.add(new Running("polls", watcher::startPolls, _ -> watcher.stopPolls()));
    process.watch("polls", watcher::trouble);
    process.add(watcher.webhooks());
    deliveries = watcher.deliveries();
  }

  /** An observed image becomes one pinned DAG on an ingest peer, and a {@code converted} event. */
  private void converter() {
    ImageSources sources = ImageSources.of(settings, context.clock());
    process.add(Running.closing("sources", sources));
    ConverterService converter =
        new ConverterService(
            context,
            settings.converter(),
            KuboNodes::open,
            sources,
            Executors::newVirtualThreadPerTaskExecutor);
    process.watchNodes("ingest peer", converter::ingestNodes);
    StepHost host =
        process.reconciledHost(
            "converter",
            "convert",
            Topic.OBSERVED,
            steps.around(converter.step()),
            new MissedObservations(context.catalog())::keys);
    UndoneForgets undone = converter.undoneForgets(key -> host.nudge(Topic.OBSERVED, key));
    process.add(undone);
    process.watch("undone forgets", undone::trouble);
    LeftHolds left = converter.leftHolds();
    process.add(left);
    process.watch("left holds", left::trouble);
    ReleasedImages released = converter.releasedImages(key -> host.nudge(Topic.OBSERVED, key));
    process.add(released);
    process.watch("released images", released::trouble);
    EndedBlobs blobs = converter.endedBlobs(key -> host.nudge(Topic.OBSERVED, key));
    process.add(blobs);
    process.watch("ended blobs", blobs::trouble);
  }

  /** A converted image gets its copies on the peers, each verified. */
  private void pinner() {
    PinnerService pinner =
        new PinnerService(
            context,
            settings.pinner(),
            KuboNodes::open,
            Executors::newVirtualThreadPerTaskExecutor,
            RandomGenerator.getDefault());
    StepHost host =
        process.reconciledHost(
            "pinner", "pin", Topic.CONVERTED, steps.around(pinner.step()), pinner::missed);
    process.add(new Running("repair", () -> pinner.startRepair(host), _ -> pinner.stopRepair()));
    NameWatch names = pinner.names(host);
    process.add(new Running("names", names::start, names::stop));
    process.watch("names", names::trouble);
    pinner.listeners(process.vertx()).forEach(process::add);
  }

  private KnownSites.Source knownSites() {
    return sites == null ? KnownSites.Source.NONE : sites::known;
  }

  /** What commands show and decide, in a browser. */
  private void page(FollowedSettings followed) {
    if (sites == null && settings.sites() != null) { // a hub's settings, without its resolver
      FollowedSites own = new FollowedSites(context, followed::siteGroups, _ -> {});
      process.add(own.part());
      sites = own;
    }
    KafkaSettings kafka = settings.shared().kafka();
    Map<String, Object> connection = KafkaConnection.of(kafka);
    OpsService page =
        new OpsService(
            context,
            new OpsService.Sources(
                followed::now, followed::staleness, process::caughtUp, deliveries, knownSites()),
            new DecisionWriter(connection, kafka.topicPrefix(), "ops", PAGE_LIMIT, context.clock())
                ::write,
            new DeadLetters(connection, kafka.topicPrefix(), PAGE_LIMIT),
            process.vertx());
    if (sites != null) {
      sites.onChange(page::sitesChanged);
    }
    page.parts().forEach(process::add);
  }

  /** Images with a verified copy are served by name, digest and CID. */
  private void resolver(Supplier<List<SiteGroupSettings>> siteGroups) {
    ResolverConfig its = settings.neededResolver();
    KafkaPulls pulls = new KafkaPulls(() -> process.sender("resolver-pulls", KafkaPulls.LIMIT));
    process.add(Running.closing("pull sender", pulls));
    Optional<HubParts> hub =
        Optional.ofNullable(settings.sites())
            .map(
                sites ->
                    new HubParts(
                        context,
                        sites,
                        siteGroups,
                        () -> process.sender("hub", KafkaReports.LIMIT)));
    hub.ifPresent(
        one -> {
          process.add(one.sites().part());
          process.add(one.reports());
          process.watch("sites", one.sites()::trouble);
          sites = one.sites();
        });
    ResolverService resolver =
        new ResolverService(
            context,
            its,
            process.follower(),
            KuboNodes::open,
            pulls,
            hub.map(HubParts::hub),
            process.vertx());
    IpfsNode own = KuboNodes.open(its.kubo());
    process.watchNodes("resolver's node", () -> List.of(own));
    resolver.parts().forEach(process::add);
    process.watch("resolver", resolver::trouble);
  }
}
