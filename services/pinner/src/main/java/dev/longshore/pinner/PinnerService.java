package dev.longshore.pinner;

import dev.longshore.catalog.Catalog;
import dev.longshore.events.ImageState;
import dev.longshore.events.PinState;
import dev.longshore.ipfs.kubo.IpfsNode;
import dev.longshore.ipfs.kubo.PinNames;
import dev.longshore.model.ImageDag;
import dev.longshore.model.MalformedCidException;
import dev.longshore.model.PeerName;
import dev.longshore.rules.Rules;
import dev.longshore.runtime.config.PeerSettings;
import dev.longshore.runtime.config.PollSettings;
import dev.longshore.runtime.config.RegistrySettings;
import dev.longshore.runtime.config.ServiceContext;
import dev.longshore.runtime.config.SharedSettings;
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
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
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
  private static final int PAGE = 500;
  private static final Duration STOP = Duration.ofSeconds(5);
  private final ServiceContext context;
  private final Rules rules;
  private final PinnerSettings settings;
  private final Catalog catalog;
  private final Peers peers;
  private final PeerRecords records;
  private final ServedNames names;
  private final Repair repair;
  private final Inventory inventory;
  private final ForgottenImages forgotten;
  private final Retention retention;
  private final Housekeeping housekeeping;
  private final Step step;
  private final ScheduledExecutorService timer =
      Executors.newScheduledThreadPool(4, Thread.ofVirtual().name("repair-", 0).factory());

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
    SharedSettings shared = context.shared();
    Clock clock = context.clock();
    this.settings = settings;
    this.catalog = context.catalog();
    Endpoints endpoints = context.endpoints();
    this.peers = peers(shared.peers(), nodes);
    PinLimits limits = settings.limits();
    String pinPrefix = PinNames.prefix(shared.installationName());
    Carrier carrier = new Carrier(catalog, limits, endpoints, clock);
    PeerSlots slots = new PeerSlots(settings.copiesPerPeer());
    Storage storage = new Storage(endpoints, clock);
    Room room = new Room(settings.callTimeout(), clock);
    PeerWatch watch = new PeerWatch(catalog.peers(), clock);
    Copier copier =
        new Copier(pinPrefix, limits, slots, storage, room, carrier, watch, endpoints, clock);
    this.rules = new Rules(shared.rules());
    PeerDecisions decisions = new PeerDecisions(catalog.decisions());
    Orders orders = new Orders(catalog, rules, peers, decisions, clock);
    IngestRelease ingest = new IngestRelease(catalog, peers, rules, pinPrefix, limits, endpoints);
    Collector collector = new Collector(catalog, limits);
    Release release = new Release(peers, pinPrefix, copier, collector, limits, endpoints, clock);
    this.housekeeping =
        new Housekeeping(peers, collector, endpoints, limits, settings.collectBelow(), clock);
    Losses losses = new Losses(peers, watch, decisions, catalog.peers(), settings.lostAfter());
    this.records =
        new PeerRecords(peers, watch, losses, storage, decisions, catalog.peers(), clock);
    this.names = new ServedNames(catalog, rules, clock);
    Doubts doubts = new Doubts();
    Nudges nudges = new Nudges(clock);
    this.forgotten = new ForgottenImages(catalog, nudges);
    this.retention =
        new Retention(catalog, rules, nudges, doubts, longestPoll(shared.registries()), clock);
    RetryDelays delays = new RetryDelays(random);
    this.repair =
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
    this.inventory =
        new Inventory(
            catalog,
            peers,
            watch,
            losses,
            doubts,
            decisions,
            nudges,
            limits,
            settings.repairInterval(),
            workers,
            clock);
    Pin pin =
        new Pin(
            catalog,
            peers,
            orders,
            copier,
            storage,
            room,
            ingest,
            release,
            new LettingGo(retention, release, delays, clock),
            losses,
            records,
            doubts,
            decisions,
            delays,
            endpoints,
            context.telemetry().getTracer(SCOPE),
            workers);
    this.step =
        (message, progress) -> {
          nudges.began(message.key());
          return pin.handle(message, progress);
        };
  }

  private static Duration longestPoll(List<RegistrySettings> registries) {
    return registries.stream()
        .flatMap(registry -> Stream.ofNullable(registry.poll()))
        .map(PollSettings::interval)
        .max(Duration::compareTo)
        .orElse(Duration.ZERO);
  }

  private static Peers peers(List<PeerSettings> settings, Function<PeerSettings, IpfsNode> nodes) {
    return new Peers(
        settings.stream()
            .map(
                peer ->
                    new Peer(
                        new PeerName(peer.name()),
                        peer.place(),
                        peer.keep(),
                        peer.allowPublicIpfs(),
                        "https".equalsIgnoreCase(peer.rpc().getScheme()),
                        peer.swarm(),
                        nodes.apply(peer)))
            .toList());
  }

  /** What handles a message of {@code converted}, and what is known of a peer or a name. */
  public Step step() {
    return (message, progress) -> {
      Optional<Peer> peer = peer(message.key());
      boolean isEvent = message.body() != null;
      if (isEvent || (peer.isEmpty() && !ServedNames.isName(message.key()))) {
        return step.handle(message, progress);
      }
      // The settings may name a peer like a name of an image: then it is a question about both.
      return names
          .newer(message.key())
          .orElse(Effects.NONE)
          .and(peer.flatMap(records::newer).map(Effects::of).orElse(Effects.NONE));
    };
  }

  private Optional<Peer> peer(String key) {
    return key.isEmpty() ? Optional.empty() : peers.find(new PeerName(key)).filter(Peer::keeps);
  }

  /** Asks the host for the step of names of which something changed, once it is started. */
  public NameWatch names(StepHost host) {
    return new NameWatch(catalog, names, host, context.clock());
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
    return new PinLookup(catalog, rules, listener.asksWhoCalls());
  }

  /**
   * Image DAGs of which the step never heard, as after a gap in {@code converted}, or of whose
   * copies only the first releases wrote; each is known to the step by its key alone.
   */
  public List<String> missed() {
    Set<String> missed = new LinkedHashSet<>();
    String after = null;
    List<ImageState> page;
    do {
      page = catalog.conversions().page(after, PAGE);
      for (ImageState image : page) {
        if (catalog.pins().of(image.imageDag()).isEmpty()) {
          missed.add(PinState.key(image.imageDag()));
        }
        after = image.key();
      }
    } while (page.size() == PAGE);
    addUnmoved(missed);
    return List.copyOf(missed);
  }

  private void addUnmoved(Set<String> missed) {
    ImageDag after = null;
    List<PinState> page;
    do {
      page = catalog.copies().unrecorded(after, PAGE);
      page.stream().filter(PinnerService::hasCid).map(PinState::key).forEach(missed::add);
      after = page.isEmpty() ? null : page.getLast().imageDag();
    } while (page.size() == PAGE);
  }

  /** The step refuses others, for good. */
  private static boolean hasCid(PinState pin) {
    try {
      var _ = pin.imageDag().cid();
      return true;
    } catch (MalformedCidException e) {
      LOG.debug("a record of copies stays as it is: {}", e.getMessage());
      return false;
    }
  }

  /**
   * Looks once for images short of copies and for peers that came or went, and compares what peers
   * have with the records if the time for that has come.
   *
   * @param nudge asks for the step of an image DAG again; false where its partition is another
   *     process's, or too much waits
   */
  public void repairOnce(Predicate<String> nudge) {
    repair(nudge);
    inventory.runIfDue(nudge);
    retention.ask(nudge);
    keepHouse();
  }

  private void keepHouse() {
    if (rules.keepAll()) {
      return; // nothing becomes garbage but what is forgotten
    }
    try {
      housekeeping.run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void repair(Predicate<String> nudge) {
    repair.run(nudge);
    forgotten.ask(nudge);
  }

  /**
   * Starts to look, at the configured interval, for images short of copies and copies that are
   * gone.
   *
   * @param nudge asks for the step of an image DAG again; false where its partition is another
   *     process's, or too much waits
   */
  public void startRepair(Predicate<String> nudge) {
    every(settings.repairInterval(), "a round of repair", () -> repair(nudge));
    // Beside the other: a peer that is slow to list its pins must not keep it from its round.
    every(settings.repairInterval(), "an inventory", () -> inventory.runIfDue(nudge));
    every(settings.repairInterval(), "a look at retention", () -> retention.ask(nudge));
    every(settings.repairInterval(), "a look at peers' room", this::keepHouse);
  }

  private void every(Duration interval, String what, Runnable round) {
    var _ =
        timer.scheduleWithFixedDelay(
            () -> {
              try {
                round.run();
              } catch (RuntimeException
                  | Error e) { // the next round must come whatever this one met
                LOG.error("{} ended in a defect", what, e);
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
