package dev.longshore.app;

import dev.longshore.app.doctor.StartChecks;
import dev.longshore.app.settings.FollowedSettings;
import dev.longshore.app.settings.Settings;
import dev.longshore.catalog.Catalog;
import dev.longshore.converter.ConverterService;
import dev.longshore.events.Topic;
import dev.longshore.pinner.PinnerService;
import dev.longshore.runtime.config.ServiceContext;
import dev.longshore.runtime.kafka.CatchUp;
import dev.longshore.runtime.kafka.StepHost;
import dev.longshore.runtime.service.lifecycle.Part;
import dev.longshore.watcher.Deliveries;
import dev.longshore.watcher.Pause;
import dev.longshore.watcher.WatcherService;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.sdk.trace.SpanProcessor;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Any of the services in one process, wired by hand; they communicate only through Kafka. */
public final class Longshore {
  private final Settings settings;
  private final ServiceProcess process;
  private final ServiceContext context;
  private @Nullable Deliveries deliveries;

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
    ServingParts serving = new ServingParts(process, settings);
    for (ServiceName service : new TreeSet<>(services)) { // the path of an image
      switch (service) {
        case WATCHER -> watcher();
        case CONVERTER -> converter();
        case PINNER -> pinner();
        case RESOLVER -> serving.resolver(followed::siteGroups);
        case OPS -> serving.page(followed, deliveries, services.size() == 1);
      }
    }
    process.add(new StartChecks(settings, services));
    process.add(followed);
    serving.queries(followed, deliveries);
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
            watcher.step(),
            gap -> watcher.reconcileAll(gap::madeGood));
    watcher.sharePolls(host, new KafkaPolls(process.stateReader()));
    process.add(
        new Running("polls", watcher::startPolls, _ -> watcher.stopPolls()), watcher::trouble);
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
    var missed = new MissedObservations(context.catalog());
    StepHost host =
        process.reconciledHost(
            "converter", "convert", Topic.OBSERVED, converter.step(), missed::keys);
    converter.shareBackfill(host);
    var undone = converter.undoneForgets(key -> host.nudge(Topic.OBSERVED, key));
    process.add(undone, undone::trouble);
    var left = converter.leftHolds();
    process.add(left, left::trouble);
    var released = converter.releasedImages(key -> host.nudge(Topic.OBSERVED, key));
    process.add(released, released::trouble);
    var blobs = converter.endedBlobs(key -> host.nudge(Topic.OBSERVED, key));
    process.add(blobs, blobs::trouble);
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
    pinner.heedPolls(new KafkaPolls(process.stateReader())::all);
    StepHost host =
        process.reconciledHost("pinner", "pin", Topic.CONVERTED, pinner.step(), pinner::missed);
    process.add(new Running("repair", () -> pinner.startRepair(host), _ -> pinner.stopRepair()));
    var names = pinner.names(host);
    process.add(new Running("names", names::start, names::stop), names::trouble);
    pinner.listeners(process.vertx()).forEach(process::add);
  }
}
