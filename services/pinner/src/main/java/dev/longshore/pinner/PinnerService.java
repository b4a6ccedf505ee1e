package dev.longshore.pinner;

import dev.longshore.catalog.Catalog;
import dev.longshore.ipfs.node.IpfsNode;
import dev.longshore.ipfs.node.PinNames;
import dev.longshore.model.PeerName;
import dev.longshore.rules.Rules;
import dev.longshore.runtime.config.CurrentSettings;
import dev.longshore.runtime.config.PeerSettings;
import dev.longshore.runtime.config.PeersAndRules;
import dev.longshore.runtime.config.PollSettings;
import dev.longshore.runtime.config.RegistrySettings;
import dev.longshore.runtime.config.ServiceContext;
import dev.longshore.runtime.edge.access.ListenerSettings;
import dev.longshore.runtime.edge.grpc.GrpcEdge;
import dev.longshore.runtime.edge.http.EdgeOptions;
import dev.longshore.runtime.edge.http.HttpEdge;
import dev.longshore.runtime.edge.rights.Scope;
import dev.longshore.runtime.kafka.StepHost;
import dev.longshore.runtime.kafka.step.Effects;
import dev.longshore.runtime.kafka.step.Step;
import dev.longshore.runtime.service.endpoint.Endpoints;
import dev.longshore.runtime.service.lifecycle.Part;
import dev.longshore.runtime.service.metrics.LoopTurn;
import dev.longshore.runtime.service.metrics.LoopTurns;
import io.opentelemetry.api.metrics.Meter;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pinner: its step and its repair, wired from what they are given. Consumes {@code converted}.
 */
public final class PinnerService {
  private static final Logger LOG = LoggerFactory.getLogger(PinnerService.class);
  private static final String SCOPE = "dev.longshore.pinner";

  /** Short, so that no peer is read in bursts. */
  private static final Duration SCRUB = Duration.ofSeconds(1);

  /** How soon a peer's return is heeded once it was noticed, and what waits is asked for. */
  private static final Duration SOON = Duration.ofSeconds(1);

  /** A round takes minutes with millions of images; beyond this it hangs. */
  private static final Duration ROUND_WITHIN = Duration.ofMinutes(30);

  private static final Duration STOP = Duration.ofSeconds(5);
  private final ServiceContext context;
  private final PinnerSettings settings;
  private final Catalog catalog;
  private final SureCatalog sure;
  private final Function<PeerSettings, IpfsNode> nodes;
  private final Supplier<ExecutorService> workers;
  private final PinLimits limits;
  private final String pinPrefix;
  private final PeerWatch watch;
  private final Storage storage;
  private final Room room;
  private final Copier copier;
  private final Collector collector;
  private final Housekeeping housekeeping;
  private final PeerDecisions decisions;
  private final Doubts doubts = new Doubts();
  private final Nudges nudges;
  private final ServedNames names;
  private final ForgottenImages forgotten;
  private final RottenParts rotten;
  private final RecordChanges recordChanges;
  private final UnknownPins unknown;
  private final RetryDelays delays;
  private final CopyMeter copyMeter;
  private final FleetMeter fleetMeter;
  private final LoopTurns turns;
  private final Supplier<Wiring> wiring;

  /** Whether a round of repair has ended: before it, an inventory would find nobody. */
  private final AtomicBoolean metPeers = new AtomicBoolean();

  private final Scrubbing scrubbing;
  private final ScheduledExecutorService timer =
      Executors.newScheduledThreadPool(4, Thread.ofVirtual().name("repair-", 0).factory());

  /** Peers of the settings that count: one stays open while its settings stay. */
  private volatile Map<PeerSettings, Peer> opened = Map.of();

  /** What looks by the rules that count; the one before it ends. */
  private Retention retention;

  private final LeftPeers left;

  /** What is made of the same settings: as at a start, but for what is known of the peers. */
  private record Wiring(
      Map<PeerSettings, Peer> opened,
      Peers peers,
      PeerRecords records,
      Repair repair,
      Inventory inventory,
      Mending mending,
      Moves moves,
      Retention retention,
      HeldMoves held,
      Losses losses,
      Step step) {}

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
    this.nodes = nodes;
    this.workers = workers;
    CurrentSettings current = context.current();
    Endpoints endpoints = context.endpoints();
    Clock clock = context.clock();
    this.sure = new SureCatalog(catalog, longestPoll(context.shared().registries()), clock);
    this.limits = settings.limits();
    this.pinPrefix = PinNames.prefix(context.shared().installationName());
    this.storage = new Storage(endpoints, clock);
    this.room = new Room(settings.callTimeout(), clock);
    this.watch = new PeerWatch(catalog.peers(), clock);
    this.copier =
        new Copier(
            pinPrefix,
            limits,
            new PeerSlots(settings.copiesPerPeer()),
            storage,
            room,
            new Carrier(catalog, limits, endpoints, clock),
            watch,
            this::isConfigured,
            endpoints,
            clock);
    this.collector = new Collector(catalog, pinPrefix, limits);
    this.housekeeping =
        new Housekeeping(
            this::configuredPeers, collector, endpoints, limits, settings.collectBelow(), clock);
    this.decisions = new PeerDecisions(catalog.decisions());
    this.nudges = new Nudges(clock);
    this.names = new ServedNames(catalog, current::rules, clock);
    this.forgotten = new ForgottenImages(catalog, nudges);
    this.rotten = new RottenParts(catalog.peers());
    this.delays = new RetryDelays(random);
    this.left = new LeftPeers(catalog.peers(), settings.lostAfter(), this::forget, clock);
    Meter meter = context.telemetry().getMeter(SCOPE);
    this.recordChanges = new RecordChanges(catalog);
    this.unknown = new UnknownPins(catalog, recordChanges);
    unknown.register(meter);
    this.scrubbing =
        new Scrubbing(
            catalog,
            this::configuredPeers,
            watch,
            doubts,
            nudges,
            endpoints,
            settings.callTimeout(),
            settings.scrubRate().bytes(),
            meter,
            workers,
            clock);
    this.copyMeter = new CopyMeter(meter);
    this.turns = new LoopTurns(context.telemetry());
    this.wiring = current.made(this::wiring);
    this.fleetMeter =
        new FleetMeter(
            catalog,
            this::configuredPeers,
            this::guards,
            new Proofs(
                catalog,
                peer -> scrubbing.of(peer).flatMap(PeerScrub::record),
                settings.scrubRate().bytes(),
                clock),
            meter,
            clock);
    this.opened = wiring.get().opened();
    this.retention = wiring.get().retention();
    retention.begin();
    current.onReplaced(this::replaced);
  }

  private void replaced() {
    Wiring next = wiring.get();
    retention.end();
    retention = next.retention();
    retention.begin();
    Map<PeerSettings, Peer> now = next.opened();
    Map<PeerSettings, Peer> before = opened;
    opened = now;
    left.replaced(before.values(), now.values());
  }

  private void forget(Peer peer) {
    watch.forget(peer);
    storage.forget(peer);
    context.endpoints().forget(peer.endpoint());
  }

  private Peers configuredPeers() {
    return wiring.get().peers();
  }

  /** Whether this is a peer of the settings that count, at the same address. */
  private boolean isConfigured(Peer peer) {
    return configuredPeers().isConfigured(peer);
  }

  private Wiring wiring(PeersAndRules current) {
    Clock clock = context.clock();
    Endpoints endpoints = context.endpoints();
    Rules rules = current.rules();
    Map<PeerSettings, Peer> open = open(current.peers());
    HeldMoves held = new HeldMoves(decisions, clock);
    Peers peers = new Peers(List.copyOf(open.values()), name -> left.missed(name, held));
    Orders orders = new Orders(catalog, rules, peers, decisions, held::stops, clock);
    IngestRelease ingest = new IngestRelease(catalog, peers, rules, pinPrefix, limits, endpoints);
    Release release = new Release(peers, pinPrefix, copier, collector, limits, endpoints, clock);
    Losses losses =
        new Losses(
            peers, watch, decisions, catalog.peers(), held, left::leftLately, settings.lostAfter());
    Retention retention = new Retention(catalog, sure, rules, losses, nudges, doubts, clock);
    PeerRecords records =
        new PeerRecords(
            peers,
            watch,
            losses,
            storage,
            room,
            decisions,
            unknown,
            scrubbing,
            catalog.peers(),
            clock);
    Mending mending =
        new Mending(
            catalog, peers, watch, scrubbing, rotten, doubts, nudges, pinPrefix, limits, delays,
            endpoints, clock);
    Repair repair =
        new Repair(
            catalog,
            peers,
            endpoints,
            settings.callTimeout(),
            watch,
            losses,
            records,
            nudges,
            workers,
            clock);
    Inventory inventory =
        new Inventory(
            catalog,
            peers,
            watch,
            losses,
            doubts,
            decisions,
            nudges,
            new PinListing(peers, watch, unknown, pinPrefix, limits, workers),
            recordChanges,
            rotten,
            limits,
            settings.repairInterval(),
            clock);
    Pin pin =
        new Pin(
            catalog,
            sure,
            peers,
            orders,
            copier,
            new CopyRound(
                copier,
                records,
                RecordPace.USUAL,
                copyMeter,
                endpoints,
                context.telemetry().getTracer(SCOPE),
                workers),
            storage,
            room,
            ingest,
            release,
            new LettingGo(catalog, peers, retention, release, delays, clock),
            losses,
            doubts,
            rotten,
            decisions,
            held,
            delays,
            endpoints);
    Moves moves =
        new Moves(catalog, sure, peers, orders, watch, losses, decisions, held, nudges, clock);
    copyMeter.knows(peers.keepers().stream().map(Peer::name).toList());
    return new Wiring(
        open, peers, records, repair, inventory, mending, moves, retention, held, losses, pin);
  }

  private static Duration longestPoll(List<RegistrySettings> registries) {
    return registries.stream()
        .flatMap(registry -> Stream.ofNullable(registry.poll()))
        .map(PollSettings::interval)
        .max(Duration::compareTo)
        .orElse(Duration.ZERO);
  }

  private Map<PeerSettings, Peer> open(List<PeerSettings> configured) {
    Map<PeerSettings, Peer> open = new LinkedHashMap<>();
    for (PeerSettings peer : configured) {
      Peer known = opened.get(peer);
      open.put(peer, known == null ? Peer.of(peer, nodes) : known);
    }
    if (opened.values().stream().anyMatch(Peer::keeps)
        && open.values().stream().noneMatch(Peer::keeps)) {
      throw new IllegalArgumentException(
          "peers: none is left that keeps copies (expected: at least one; to end all, stop the"
              + " pinner)");
    }
    return open;
  }

  private List<StandingGuard> guards() {
    Wiring now = wiring.get();
    StandingGuard lost =
        now.losses()
            .guard()
            .map(one -> new StandingGuard("lost", one.peers(), 0, one.since()))
            .orElse(StandingGuard.none("lost"));
    return Stream.concat(Stream.of(lost), now.held().standing().stream()).toList();
  }

  /** What handles a message of {@code converted}, and what is known of a peer or a name. */
  public Step step() {
    return (message, progress) -> {
      Wiring now = wiring.get();
      Optional<Peer> peer = peer(now, message.key());
      boolean isEvent = message.body() != null;
      if (isEvent || (peer.isEmpty() && !ServedNames.isName(message.key()))) {
        nudges.began(message.key());
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
        new NameWatch(
            catalog, names, host, context.clock(), turns.of("pinner names", ROUND_WITHIN));
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
    sure.heed(host.gapIsOpen());
    fleetMeter.begin(host);
    repairAndCount(host);
    inventory(host);
    moves(host);
    scrubbing.run(host);
    wiring.get().mending().run(host);
    wiring.get().retention().ask(host.nudge());
    keepHouse(host);
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
    left.forget(configuredPeers()::isConfigured);
    wiring.get().repair().run(host);
    metPeers.set(true);
    forgotten.ask(host.nudge());
  }

  private void inventory(Hosted host) {
    wiring.get().inventory().runIfDue(host);
  }

  private void moves(Hosted host) {
    wiring.get().moves().runIfDue(host.nudge());
  }

  /**
   * Starts to look, at the configured interval, for images short of copies and copies that are
   * gone.
   *
   * @param host gives the step what is asked for
   */
  public void startRepair(StepHost host) {
    Hosted hosted = Hosted.by(host);
    sure.heed(hosted.gapIsOpen());
    fleetMeter.begin(hosted);
    every(settings.repairInterval(), "repair", () -> repairAndCount(hosted));
    // Beside the other: a peer that is slow to list its pins must not keep it from its round.
    every(
        SOON,
        "inventory",
        () -> {
          if (metPeers.get()) {
            inventory(hosted);
          }
        });
    every(settings.repairInterval(), "moves", () -> moves(hosted));
    every(SCRUB, "scrubbing", () -> scrubbing.run(hosted));
    every(settings.repairInterval(), "mending", () -> wiring.get().mending().run(hosted));
    every(
        settings.repairInterval(), "retention", () -> wiring.get().retention().ask(hosted.nudge()));
    every(settings.repairInterval(), "collection", () -> keepHouse(hosted));
  }

  /** The first time that counts what is there, once the store is whole. */
  private void repairAndCount(Hosted host) {
    catalog.fleet().keep();
    repair(host);
  }

  /**
   * Whether Kafka was read to its end once. Until then no step begins, and each round would look
   * through all that is there so far, without indexes.
   */
  private boolean isRead() {
    return catalog.completeAt().isPresent();
  }

  private void every(Duration interval, String what, Runnable round) {
    LoopTurn turn = turns.of("pinner " + what, ROUND_WITHIN.plus(interval.multipliedBy(2)));
    var _ =
        timer.scheduleWithFixedDelay(
            () -> {
              try {
                if (isRead()) {
                  round.run();
                }
                turn.turned();
              } catch (RuntimeException
                  | Error e) { // the next round must come whatever this one met
                LOG.error("a round of {} ended in a defect", what, e);
              }
            },
            interval.toMillis(),
            interval.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  /** Ends the repair. */
  public void stopRepair() throws InterruptedException {
    timer.shutdownNow();
    timer.awaitTermination(STOP.toMillis(), TimeUnit.MILLISECONDS);
  }
}
