package dev.longshore.pinner;

import dev.longshore.catalog.Catalog;
import dev.longshore.ipfs.node.IpfsNode;
import dev.longshore.ipfs.node.PinNames;
import dev.longshore.rules.Rules;
import dev.longshore.runtime.config.CurrentSettings;
import dev.longshore.runtime.config.PeerSettings;
import dev.longshore.runtime.config.PeersAndRules;
import dev.longshore.runtime.config.PollSettings;
import dev.longshore.runtime.config.RegistrySettings;
import dev.longshore.runtime.config.ServiceContext;
import dev.longshore.runtime.service.endpoint.Endpoints;
import io.opentelemetry.api.metrics.Meter;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * The parts of a pinner: some live as long as it, others are rebuilt when its peers or rules
 * change.
 */
final class PinnerParts {
  private final ServiceContext context;
  private final PinnerSettings settings;
  private final Catalog catalog;
  private final CatalogCompleteness sure;
  private final Function<PeerSettings, IpfsNode> nodes;
  private final Supplier<ExecutorService> workers;
  private final PinLimits limits;
  private final String pinPrefix;
  private final PeerWatch watch;
  private final FullPeers storage;
  private final PeerSpace room;
  private final Copier copier;
  private final Collector collector;
  private final PeerDecisions decisions;
  private final InventoryDifferences doubts = new InventoryDifferences();
  private final Nudges nudges;
  private final RottenParts rotten;
  private final RecordChanges recordChanges;
  private final UnknownPins unknown;
  private final RetryDelays delays;
  private final CopyMeter copyMeter;
  private final Scrubbing scrubbing;
  private final LeftPeers left;
  private final Supplier<Wiring> wiring;

  /** Peers of the current settings: one stays open while its settings are unchanged. */
  private volatile Map<PeerSettings, Peer> opened = Map.of();

  /** Retention by the current rules; the previous one ends. */
  private Retention retention;

  PinnerParts(
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
    this.sure =
        new CatalogCompleteness(
            catalog,
            new ListedRegistries(context.shared().registries()),
            longestPoll(context.shared().registries()),
            clock);
    this.limits = settings.limits();
    this.pinPrefix = PinNames.prefix(context.shared().installationName());
    this.storage = new FullPeers(endpoints, clock);
    this.room = new PeerSpace(settings.callTimeout(), clock);
    this.watch = new PeerWatch(catalog.peers(), clock);
    this.copier =
        new Copier(
            pinPrefix,
            limits,
            new PeerSlots(settings.copiesPerPeer()),
            storage,
            room,
            new BlockStreamer(catalog, limits, endpoints, clock),
            watch,
            this::isConfigured,
            endpoints,
            clock);
    this.collector = new Collector(catalog, pinPrefix, limits);
    this.decisions = new PeerDecisions(catalog.decisions());
    this.nudges = new Nudges(clock);
    this.rotten = new RottenParts(catalog.peers());
    this.delays = new RetryDelays(random);
    this.left = new LeftPeers(catalog.peers(), settings.lostAfter(), this::forget, clock);
    Meter meter = context.telemetry().getMeter(PinnerService.SCOPE);
    this.recordChanges = new RecordChanges(catalog);
    this.unknown = new UnknownPins(catalog, recordChanges, pinPrefix);
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
            settings.scrubInterval(),
            meter,
            workers,
            clock);
    this.copyMeter = new CopyMeter(meter);
    this.wiring = current.made(this::wiring);
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

  /** The parts built from the current settings. */
  Wiring now() {
    return wiring.get();
  }

  private Peers configuredPeers() {
    return now().peers();
  }

  /** Whether this peer is in the current settings, at the same address. */
  private boolean isConfigured(Peer peer) {
    return configuredPeers().isConfigured(peer);
  }

  private Wiring wiring(PeersAndRules current) {
    Clock clock = context.clock();
    Endpoints endpoints = context.endpoints();
    Rules rules = current.rules();
    Map<PeerSettings, Peer> open = open(current.peers());
    MoveGuards held = new MoveGuards(decisions, catalog.peers(), clock);
    Peers peers = new Peers(List.copyOf(open.values()), name -> left.missed(name, held));
    WantedCopies orders = new WantedCopies(catalog, rules, peers, decisions, held::stops, clock);
    NamedSources named = new NamedSources(catalog, peers, pinPrefix, limits, endpoints, orders);
    IngestRelease ingest = new IngestRelease(catalog, peers, rules, pinPrefix, limits, endpoints);
    Release release = new Release(peers, pinPrefix, copier, collector, limits, endpoints, clock);
    LostPeers losses =
        new LostPeers(
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
    BlockRepair mending =
        new BlockRepair(
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
            new PinListing(peers, watch, unknown, collector, pinPrefix, limits, workers),
            recordChanges,
            rotten,
            limits,
            settings.repairInterval(),
            clock);
    FeasiblePeers feasible =
        new FeasiblePeers(catalog, peers, decisions, losses, storage, room, endpoints);
    CopyPlacement placement = new CopyPlacement(sure, peers, feasible, losses, decisions, held);
    CopyRound copyRound =
        new CopyRound(
            copier,
            records,
            RecordPace.USUAL,
            copyMeter,
            endpoints,
            context.telemetry().getTracer(PinnerService.SCOPE),
            workers);
    Pin pin =
        new Pin(
            catalog,
            peers,
            orders,
            named,
            feasible,
            placement,
            new ObservedCopies(peers, copier, rotten, losses, feasible, placement, endpoints),
            new MissingCopies(feasible, placement, copyRound),
            ingest,
            release,
            new ImageRelease(catalog, peers, retention, release, delays, clock),
            doubts,
            delays);
    Rebalancer moves =
        new Rebalancer(catalog, sure, peers, orders, watch, losses, decisions, held, nudges, clock);
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

  CatalogCompleteness sure() {
    return sure;
  }

  Collector collector() {
    return collector;
  }

  PeerWatch watch() {
    return watch;
  }

  Nudges nudges() {
    return nudges;
  }

  Scrubbing scrubbing() {
    return scrubbing;
  }

  LeftPeers left() {
    return left;
  }
}
