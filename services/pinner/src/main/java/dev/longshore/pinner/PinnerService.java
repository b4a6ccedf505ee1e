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

/**
 * The pinner: its step and its repair, wired from what they are given. Consumes {@code converted}.
 */
public final class PinnerService {
  static final String SCOPE = "dev.longshore.pinner";

  /** Short, so that no peer is read in bursts. */
  private static final Duration SCRUB = Duration.ofSeconds(1);

  /** How soon a peer's return is heeded once it was noticed, and what waits is asked for. */
  private static final Duration SOON = Duration.ofSeconds(1);

  private final ServiceContext context;
  private final PinnerSettings settings;
  private final Catalog catalog;
  private final PinnerParts parts;
  private final Housekeeping housekeeping;
  private final ServedRecords names;
  private final ForgottenImages forgotten;
  private final FleetMeter fleetMeter;
  private final PinnerLoops loops;

  /** Whether a round of repair has ended: before it, an inventory would find nobody. */
  private final AtomicBoolean metPeers = new AtomicBoolean();

  /**
   * Wires the step; nothing outside is touched yet.
   *
   * @param nodes opens the node of a configured peer
   * @param workers what the copies of one DAG are made on; who runs them one after another, on the
   *     step's own thread, can repeat what a step did
   * @param random spreads the tries of what failed together
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

  /** What handles a message of {@code converted}, and what is known of a peer or a name. */
  public Step step() {
    return (message, progress) -> {
      Wiring now = parts.now();
      Optional<Peer> peer = peer(now, message.key());
      boolean isEvent = message.body() != null;
      if (isEvent || (peer.isEmpty() && !ServedRecords.isName(message.key()))) {
        parts.nudges().began(message.key());
        return now.step().handle(message, progress);
      }
      // The settings may name a peer like a name of an image: then it is a question about both.
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

  /** Asks the host for the step of names of which something changed, once it is started. */
  public NameWatch names(StepHost host) {
    NameWatch watching =
        new NameWatch(catalog, names, host, context.clock(), loops.turn("names", Duration.ZERO));
    context.current().onReplaced(watching::lookAtAll);
    return watching;
  }

  /** Where callers ask for copies. */
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
   * Image DAGs of which the step never heard, as after a gap in {@code converted}, or of whose
   * copies only the first releases wrote; each is known to the step by its key alone.
   */
  public List<String> missed() {
    return new MissedDags(catalog).keys();
  }

  /**
   * Looks once for images short of copies and for peers that came or went, and compares what peers
   * have with the records if the time for that has come.
   *
   * @param nudge asks for the step of an image DAG again; false where its partition is another
   *     process's, or too much waits
   */
  public void repairOnce(Predicate<String> nudge) {
    repairOnce(Hosted.alone(nudge));
  }

  void repairOnce(Hosted host) {
    parts.sure().heed(host.gapIsOpen());
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
    if (context.current().rules().keepAll()) {
      return; // nothing becomes garbage but what is forgotten
    }
    try {
      housekeeping.run(host);
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
   * Starts to look, at the configured interval, for images short of copies and copies that are
   * gone.
   *
   * @param host gives the step what is asked for
   */
  public void startRepair(StepHost host) {
    Hosted hosted = Hosted.by(host);
    parts.sure().heed(hosted.gapIsOpen());
    fleetMeter.begin(hosted);
    loops.every(settings.repairInterval(), "repair", () -> repairAndCount(hosted));
    // Beside the other: a peer that is slow to list its pins must not keep it from its round.
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

  /** The first time that counts what is there, once the store is whole. */
  private void repairAndCount(Hosted host) {
    catalog.fleet().keep();
    repair(host);
  }

  /** Ends the repair. */
  public void stopRepair() throws InterruptedException {
    loops.stop();
  }
}
