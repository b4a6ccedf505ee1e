package dev.longshore.pinner;

import dev.longshore.catalog.Catalog;
import dev.longshore.ipfs.node.IpfsNode;
import dev.longshore.model.PeerName;
import dev.longshore.runtime.config.PeerSettings;
import dev.longshore.runtime.config.ServiceContext;
import dev.longshore.runtime.edge.access.ListenerSettings;
import dev.longshore.runtime.edge.grpc.GrpcEdge;
import dev.longshore.runtime.edge.http.EdgeOptions;
import dev.longshore.runtime.edge.http.HttpEdge;
import dev.longshore.runtime.edge.rights.Scope;
import dev.longshore.runtime.kafka.StepHost;
import dev.longshore.runtime.kafka.step.Effects;
import dev.longshore.runtime.kafka.step.Step;
import dev.longshore.runtime.service.lifecycle.Part;
import dev.longshore.runtime.service.metrics.LoopTurns;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** The pinner: wires its step and its repair. Consumes {@code converted}. */
public final class PinnerService {
  static final String SCOPE = "dev.longshore.pinner";

  /** Short, so that no peer is read in bursts. */
  private static final Duration SCRUB = Duration.ofSeconds(1);

  /** Delay until a noticed return of a peer takes effect, and pending requests are repeated. */
  private static final Duration SOON = Duration.ofSeconds(1);

  private final ServiceContext context;
  private final PinnerSettings settings;
  private final Catalog catalog;
  private final PinnerParts parts;
  private final Housekeeping housekeeping;
  private final CollectionRound collections;
  private final ServedRecords names;
  private final ForgottenImages forgotten;
  private final FleetMeter fleetMeter;
  private final PinnerLoops loops;

  /** Whether a round of repair has ended: before it, an inventory would find nobody. */
  private final AtomicBoolean metPeers = new AtomicBoolean();

  /**
   * Wires the step without any outside call.
   *
   * @param nodes opens the node of a configured peer
   * @param workers runs the copies of one DAG; one that runs them in sequence, on the step's own
   *     thread, makes a step repeatable
   * @param random spreads retries of what failed together
   */
  public PinnerService(
      ServiceContext context,
      PinnerSettings settings,
      Function<PeerSettings, IpfsNode> nodes,
      Supplier<ExecutorService> workers,
      RandomGenerator random) {
    this.context = context;
    this.settings = settings;
    this.catalog = context.catalog();
    this.parts = new PinnerParts(context, settings, nodes, workers, random);
    Clock clock = context.clock();
    this.housekeeping =
        new Housekeeping(
            () -> parts.now().peers(),
            parts.collector(),
            context.endpoints(),
            settings.limits(),
            settings.collectBelow(),
            clock);
    this.names = new ServedRecords(catalog, context.current()::rules, clock);
    this.forgotten = new ForgottenImages(catalog, parts.nudges());
    this.collections =
        new CollectionRound(
            catalog,
            () -> parts.now().peers(),
            parts.watch(),
            parts.collector(),
            forgotten::left,
            context.endpoints(),
            settings.repairInterval(),
            clock);
    this.loops = new PinnerLoops(catalog, new LoopTurns(context.telemetry()));
    this.fleetMeter =
        new FleetMeter(
            catalog,
            () -> parts.now().peers(),
            () -> parts.now().guards(),
            new Proofs(
                catalog,
                peer -> parts.scrubbing().of(peer).flatMap(PeerScrub::record),
                settings.scrubRate().bytes(),
                settings.scrubInterval(),
                clock),
            context.telemetry().getMeter(SCOPE),
            clock);
  }

  /** Handles messages of {@code converted}, and records of peers and names. */
  public Step step() {
    return (message, progress) -> {
      Wiring now = parts.now();
      Optional<Peer> peer = peer(now, message.key());
      boolean isEvent = message.body() != null;
      if (isEvent || (peer.isEmpty() && !ServedRecords.isName(message.key()))) {
        parts.nudges().began(message.key());
        return now.step().handle(message, progress);
      }
      // A peer may have the same name as an image: then the message is about both.
      return names
          .newer(message.key())
          .orElse(Effects.NONE)
          .and(peer.flatMap(now.records()::newer).map(Effects::of).orElse(Effects.NONE));
    };
  }

  private static Optional<Peer> peer(Wiring now, String key) {
    return key.isEmpty()
        ? Optional.empty()
        : now.peers().find(new PeerName(key)).filter(Peer::keeps);
  }

  /** Nudges the host to run the step for names that changed, once it is started. */
  public NameWatch names(StepHost host) {
    NameWatch watching =
        new NameWatch(
            catalog,
            names,
            () -> context.current().now().ruleSettings(),
            host,
            context.clock(),
            loops.turn("names", Duration.ZERO));
    context.current().onReplaced(watching::wake);
    return watching;
  }

  /** The listeners of the query API. */
  public List<Part> listeners(Vertx vertx) {
    return List.of(
        new HttpEdge(
            vertx,
            EdgeOptions.of("pinner", settings.listener()),
            new PinRoutes(lookup(settings.listener())).routes(),
            context.telemetry(),
            context.audit()),
        new GrpcEdge(
            "pinner",
            settings.grpcListener(),
            Scope.PINS,
            new PinGrpc(lookup(settings.grpcListener())),
            context.audit()));
  }

  private PinLookup lookup(ListenerSettings listener) {
    return new PinLookup(catalog, context.current()::rules, listener.asksWhoCalls());
  }

  /**
   * Image DAGs that the step never saw, as after a gap in {@code converted}, or whose copies only
   * the first releases recorded; the step knows each by its key alone.
   */
  public List<String> missed() {
    return new MissedDags(catalog).keys();
  }

  /**
   * Looks once for images short of copies and for peers that came or went, and takes an inventory
   * if it is due.
   *
   * @param nudge requests the step for an image DAG again; false if another process holds its
   *     partition, or the queue is full
   */
  public void repairOnce(Predicate<String> nudge) {
    repairOnce(Hosted.alone(nudge));
  }

  void repairOnce(Hosted host) {
    heed(host);
    fleetMeter.begin(host);
    repairAndCount(host);
    inventory(host);
    moves(host);
    parts.scrubbing().run(host);
    parts.now().mending().run(host);
    lookAtLists();
    parts.now().retention().ask(host.nudge());
    keepHouse(host);
  }

  private void heed(Hosted host) {
    parts.sure().heed(host.gapIsOpen());
    parts.collector().heed(() -> new HeldPartitions(host).holdsFirst());
  }

  /** Who reads how far polls are: until registries are seen to be listed nothing is released. */
  public void heedPolls(Polls polls) {
    parts.sure().heed(polls);
  }

  private void lookAtLists() {
    try {
      parts.sure().look();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void keepHouse(Hosted host) {
    try {
      collections.run(host);
      if (!context.current().rules().keepAll()) {
        housekeeping.run(host); // otherwise nothing becomes garbage but what is forgotten
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void repair(Hosted host) {
    parts.left().forget(parts.now().peers()::isConfigured);
    parts.now().repair().run(host);
    metPeers.set(true);
    forgotten.ask(host.nudge());
  }

  private void inventory(Hosted host) {
    parts.now().inventory().runIfDue(host);
  }

  private void moves(Hosted host) {
    parts.now().moves().runIfDue(host.nudge());
  }

  /**
   * Starts to look, at the configured interval, for images short of copies and for lost copies.
   *
   * @param host runs the requested steps
   */
  public void startRepair(StepHost host) {
    Hosted hosted = Hosted.by(host);
    heed(hosted);
    fleetMeter.begin(hosted);
    loops.every(settings.repairInterval(), "repair", () -> repairAndCount(hosted));
    // Separate from the other loop: a peer that lists its pins slowly must not delay its round.
    loops.every(
        SOON,
        "inventory",
        () -> {
          if (metPeers.get()) {
            inventory(hosted);
          }
        });
    loops.every(settings.repairInterval(), "moves", () -> moves(hosted));
    loops.every(SCRUB, "scrubbing", () -> parts.scrubbing().run(hosted));
    loops.every(settings.repairInterval(), "mending", () -> parts.now().mending().run(hosted));
    loops.every(
        settings.repairInterval(),
        "retention",
        () -> {
          lookAtLists();
          parts.now().retention().ask(hosted.nudge());
        });
    loops.every(settings.repairInterval(), "collection", () -> keepHouse(hosted));
  }

  /** The first round also counts, once the store is complete. */
  private void repairAndCount(Hosted host) {
    catalog.fleet().keep();
    repair(host);
  }

  /** Ends the repair. */
  public void stopRepair() throws InterruptedException {
    loops.stop();
  }
}
