package dev.longshore.watcher;

import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.CatalogRecord;
import dev.longshore.catalog.CatalogSubscription;
import dev.longshore.containerd.ContainerdImages;
import dev.longshore.containerd.LocalName;
import dev.longshore.events.TagState;
import dev.longshore.model.RegistryHost;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.source.ImageSource;
import dev.longshore.oci.source.RequestBudget;
import dev.longshore.runtime.config.PollSettings;
import dev.longshore.runtime.config.RegistrySettings;
import dev.longshore.runtime.config.ServiceContext;
import dev.longshore.runtime.config.SharedSettings;
import dev.longshore.runtime.edge.http.EdgeOptions;
import dev.longshore.runtime.edge.http.HttpEdge;
import dev.longshore.runtime.kafka.StepHost;
import dev.longshore.runtime.kafka.step.PermanentFailure;
import dev.longshore.runtime.kafka.step.Step;
import dev.longshore.runtime.service.endpoint.Endpoints;
import dev.longshore.runtime.service.metrics.LoopTurns;
import dev.longshore.watcher.sender.Distribution;
import dev.longshore.watcher.sender.Sender;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The watcher: wires its webhooks, its polls and its step. Consumes {@code hints}. */
public final class WatcherService {
  /** Notifications are some kilobytes; anything beyond a hint's limit is cut off. */
  private static final int MAX_BODY_BYTES = 8 << 20;

  /** A poll at rest looks at its clock each second, and one under way tells each tag. */
  private static final Duration POLL_WITHIN = Duration.ofMinutes(30);

  private final Map<String, PollSchedule> polls = new LinkedHashMap<>();
  private final Map<String, PollAgenda> agendas = new HashMap<>();
  private final Catalog catalog;
  private final PollStates states;
  private @Nullable CatalogSubscription changes;
  private final List<NodeWatch> watches = new ArrayList<>();
  private final Step step;
  private final HttpEdge webhooks;
  private final Deliveries deliveries;

  /**
   * Wires the parts without calling anything outside.
   *
   * @param nodes containerds to follow; closed with the polls
   * @param knowledge waited for before each poll, and before a containerd is followed
   * @param images reads any configured registry
   * @param hints where webhooks and polls store hints
   * @throws IllegalArgumentException when the webhooks have no credentials
   */
  public WatcherService(
      ServiceContext context,
      WatcherSettings settings,
      List<WatchedNode> nodes,
      CatalogBarrier knowledge,
      ImageSource images,
      HintSink hints,
      Pause pause,
      Vertx vertx) {
    SharedSettings shared = context.shared();
    Catalog catalog = context.catalog();
    Endpoints endpoints = context.endpoints();
    Clock clock = context.clock();
    LoopTurns turns = new LoopTurns(context.telemetry());
    if (!settings.webhooks().access().asksForCredentials()) {
      throw new IllegalArgumentException(
          "watcher.webhooks: anybody could send notifications (expected: credentials with a"
              + " token-file or a tokens-file; the registry sends the token as its Authorization"
              + " header)");
    }
    MirrorScope scope = new MirrorScope(context.current()::rules, settings.mirrorUntagged());
    Map<String, WatchedRegistry> registries = new LinkedHashMap<>();
    Map<String, WebhookSource> sources = new HashMap<>();
    this.deliveries = new Deliveries(clock);
    this.catalog = catalog;
    this.states = new PollStates(pause);
    for (RegistrySettings registry : shared.registries()) {
      PollSettings poll = registry.poll();
      ImageSource forPolls =
          images.within(
              new RequestBudget(
                  (poll == null ? PollSettings.UNSAID : poll).requestsPerSecond(),
                  states::share,
                  System::nanoTime,
                  pause::of));
      WatchedRegistry watched =
          new WatchedRegistry(
              registry.name(),
              new RegistryHost(registry.host()),
              Sender.of(registry.sender()),
              images,
              forPolls,
              poll == null ? RepositoryPatterns.NONE : new RepositoryPatterns(poll.repositories()));
      registries.put(watched.name(), watched);
      sources.put(
          watched.name(),
          new WebhookSource(watched.sender(), registry.sender().notificationSecret()));
      if (poll != null) {
        String host = registry.host();
        PollAgenda agenda =
            new PollAgenda(
                poll.interval(), states.ofRegistry(host), clock, RandomGenerator.getDefault());
        agendas.put(host, agenda);
        polls.put(
            watched.name(),
            new PollSchedule(
                watched,
                agenda,
                new Poll(watched, catalog, scope, hints, clock),
                new Backfill(watched.host(), poll.backfill(), catalog, clock),
                states,
                knowledge,
                endpoints,
                clock,
                pause,
                turns.of("polls of " + watched.name(), POLL_WITHIN)));
      }
    }
    for (WatchedNode node : nodes) {
      WaitingImages waiting = new WaitingImages();
      ChangedImages changes = new ChangedImages();
      ImageSource its = new ContainerdImages(List.of(node.containerd()));
      Readiness readiness = new NodeReadiness(its, scope, catalog, waiting);
      String endpoint = ContainerdImages.endpoint(node.settings().name());
      WatchedRegistry watched =
          new WatchedRegistry(
              LocalName.HOST + "/" + node.settings().name(),
              LocalName.HOST,
              new Distribution("distribution"),
              its,
              its,
              endpoint,
              RepositoryPatterns.NONE,
              readiness);
      registries.put(watched.name(), watched);
      sources.put(watched.name(), new WebhookSource(watched.sender(), null));
      NodeInventory inventory =
          new NodeInventory(
              node.containerd(),
              new NodeImages(node.settings()),
              readiness,
              scope,
              catalog,
              changes);
      watches.add(
          new NodeWatch(
              node,
              endpoint,
              inventory,
              waiting,
              changes,
              new NodeHints(watched, changes, hints, endpoints, clock),
              knowledge,
              endpoints,
              clock));
    }
    Observe observe = new Observe(registries, catalog, scope, this::lookSince, clock, pause);
    this.step =
        (message, progress) ->
            message.body() == null
                ? states.effects(message.key())
                : observe.handle(message, progress);
    this.webhooks =
        new HttpEdge(
            vertx,
            EdgeOptions.of("webhooks", settings.webhooks()).withMaxBodyBytes(MAX_BODY_BYTES),
            List.of(
                new Webhooks(
                        hints,
                        sources,
                        deliveries,
                        context.telemetry().getMeter("dev.longshore.watcher"),
                        clock)
                    .route()),
            context.telemetry(),
            context.audit());
  }

  /** The last notifications that came. */
  public Deliveries deliveries() {
    return deliveries;
  }

  /** The handler of messages in {@code hints}. */
  public Step step() {
    return step;
  }

  /** Where registries send notifications. */
  public HttpEdge webhooks() {
    return webhooks;
  }

  /**
   * Shares the polls with the other watchers: each polls the repositories whose keys it has. Called
   * before the host is started; without it, this watcher polls all.
   */
  public void sharePolls(StepHost host, PollRecords records) {
    states.share(
        host,
        records,
        state -> {
          PollAgenda agenda = agendas.get(state.registry());
          if (agenda != null) {
            agenda.restore(state);
          }
        },
        () -> {
          agendas.values().forEach(PollAgenda::came);
          // A list that was looked at before its key came here, as at each start, told nobody.
          polls.values().forEach(PollSchedule::tellOfList);
        });
  }

  /** Starts to poll, and to follow containerds. */
  public void startPolls() {
    changes = catalog.onChange(this::changed);
    watches.forEach(NodeWatch::start);
    polls.values().forEach(PollSchedule::start);
  }

  /** Why a source is no longer followed, if so. */
  public Optional<String> trouble() {
    return Stream.concat(
            polls.values().stream().map(PollSchedule::trouble),
            watches.stream().map(NodeWatch::trouble))
        .flatMap(Optional::stream)
        .findFirst();
  }

  /** Polls each registry once, on the caller's thread, even during a pause. */
  public void pollOnce() throws InterruptedException {
    for (PollSchedule poll : polls.values()) {
      poll.once();
    }
  }

  private void changed(CatalogRecord record) {
    if (record.value() instanceof TagState tag) {
      PollAgenda agenda = agendas.get(tag.name().host().toString());
      if (agenda != null) {
        agenda.changed(tag.name().repository());
      }
    }
  }

  /** Ends the polls. */
  public void stopPolls() throws InterruptedException {
    if (changes != null) {
      changes.close();
    }
    states.stop();
    for (NodeWatch watch : watches) {
      watch.stop();
    }
    for (PollSchedule poll : polls.values()) {
      poll.stop();
    }
  }

  /**
   * Compares everything that each source has, as after a gap in the topic of hints.
   *
   * @param done run when all sources have been covered, even after a later request
   */
  public void reconcileAll(Runnable done) {
    CompletableFuture<?>[] looks =
        Stream.concat(
                watches.stream().map(NodeWatch::request),
                polls.values().stream().map(PollSchedule::request))
            .toArray(CompletableFuture[]::new);
    var _ = CompletableFuture.allOf(looks).thenRunAsync(done, Thread::startVirtualThread);
  }

  private void lookSince(WatchedRegistry registry, Instant instant)
      throws RegistryException, HintNotStoredException, PermanentFailure, InterruptedException {
    PollSchedule poll = polls.get(registry.name());
    if (poll == null) {
      throw new PermanentFailure(
          "NOT_POLLED",
          "a notification of registry '%s' was too long to be kept, and it is not polled; set poll for it, then replay"
              .formatted(registry.name()),
          null);
    }
    poll.lookSince(instant);
  }
}
