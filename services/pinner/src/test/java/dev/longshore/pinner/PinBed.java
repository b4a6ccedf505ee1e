package dev.longshore.pinner;

import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.CatalogRecord;
import dev.longshore.events.Converted;
import dev.longshore.events.CopiesState;
import dev.longshore.events.ImageState;
import dev.longshore.events.LongshoreRecord;
import dev.longshore.events.Origin;
import dev.longshore.events.PinState;
import dev.longshore.events.State;
import dev.longshore.events.TagState;
import dev.longshore.events.Topic;
import dev.longshore.ipfs.node.PinNames;
import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import dev.longshore.model.ImageDag;
import dev.longshore.model.InstallationName;
import dev.longshore.model.Mode;
import dev.longshore.model.ModeName;
import dev.longshore.model.PeerName;
import dev.longshore.model.Recipe;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.RootCid;
import dev.longshore.model.Tag;
import dev.longshore.rules.RuleSettings;
import dev.longshore.rules.Rules;
import dev.longshore.runtime.kafka.step.Effects;
import dev.longshore.runtime.kafka.step.Message;
import dev.longshore.runtime.kafka.step.PermanentFailure;
import dev.longshore.runtime.kafka.step.Progress;
import dev.longshore.runtime.service.endpoint.Endpoints;
import dev.longshore.runtime.service.endpoint.TimerAlarms;
import dev.longshore.testing.ManualClock;
import io.opentelemetry.api.metrics.MeterProvider;
import io.opentelemetry.api.trace.TracerProvider;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A pinner's step over peers of any kind, and a catalog that follows what it writes. */
final class PinBed {
  /** How the names of the pins of the default installation begin. */
  static final String OURS = PinNames.prefix(new InstallationName("default"));

  static final String DIGEST = "sha256:" + "0".repeat(64);
  final ManualClock clock = new ManualClock(Instant.parse("2026-01-01T00:00:00Z"));
  final Catalog catalog = Catalog.inMemory(clock);
  final Endpoints endpoints = new Endpoints(clock, new TimerAlarms(), new Random(1));

  /** What was known of a DAG after each transaction. */
  final List<PinState> published = new ArrayList<>();

  private RecordPace pace = RecordPace.USUAL;
  private final Peers peers;
  private final PinLimits limits;
  private final PeerSpace room;
  private final Rules rules;
  private final Repair repair;
  private final PeerWatch watch = new PeerWatch(catalog.peers(), clock);
  private final Nudges nudges = new Nudges(clock);
  private final AtomicLong offset = new AtomicLong();

  PinBed(List<Peer> peers, PinLimits limits) {
    this(peers, limits, List.of());
  }

  PinBed(List<Peer> peers, PinLimits limits, List<RuleSettings> rules) {
    this.peers = new Peers(peers);
    this.limits = limits;
    this.rules = new Rules(rules);
    this.room = new PeerSpace(limits.call(), clock);
    this.repair =
        new Repair(
            catalog,
            this.peers,
            endpoints,
            Duration.ofSeconds(2),
            watch,
            losses(),
            records(new FullPeers(endpoints, clock)),
            nudges,
            Executors::newVirtualThreadPerTaskExecutor,
            clock);
  }

  Pin step() {
    FullPeers storage = new FullPeers(endpoints, clock);
    Copier copier =
        new Copier(
            OURS,
            limits,
            new PeerSlots(8),
            storage,
            room,
            new BlockStreamer(catalog, limits, endpoints, clock),
            watch,
            _ -> true,
            endpoints,
            clock);
    Collector collector = new Collector(catalog, OURS, limits);
    collector.heed(() -> true);
    Release release = new Release(peers, OURS, copier, collector, limits, endpoints, clock);
    RetryDelays delays = new RetryDelays(new Random(1));
    CatalogCompleteness sure =
        new CatalogCompleteness(catalog, new ListedRegistries(List.of()), Duration.ZERO, clock);
    Retention retention =
        new Retention(catalog, sure, rules, losses(), nudges, new InventoryDifferences(), clock);
    MoveGuards held = held();
    PeerDecisions decisions = new PeerDecisions(catalog.decisions());
    LostPeers losses = losses();
    FeasiblePeers feasible =
        new FeasiblePeers(catalog, peers, decisions, losses, storage, room, endpoints);
    CopyPlacement placement = new CopyPlacement(sure, peers, feasible, losses, decisions, held);
    CopyRound copyRound =
        new CopyRound(
            copier,
            records(storage),
            pace,
            new CopyMeter(MeterProvider.noop().get("test")),
            endpoints,
            TracerProvider.noop().get("test"),
            Executors::newVirtualThreadPerTaskExecutor);
    WantedCopies orders = new WantedCopies(catalog, rules, peers, decisions, held::stops, clock);
    return new Pin(
        catalog,
        peers,
        orders,
        new NamedSources(catalog, peers, OURS, limits, endpoints, orders),
        feasible,
        placement,
        new ObservedCopies(
            peers,
            copier,
            new RottenParts(catalog.peers()),
            losses,
            feasible,
            placement,
            endpoints),
        new MissingCopies(feasible, placement, copyRound),
        new IngestRelease(catalog, peers, rules, OURS, limits, endpoints),
        release,
        new ImageRelease(catalog, peers, retention, release, delays, clock),
        new InventoryDifferences(),
        delays);
  }

  void pace(RecordPace other) {
    pace = other;
  }

  /** A round of the repair; it asks for these. */
  List<String> repair() {
    List<String> nudged = new ArrayList<>();
    repair.run(Hosted.alone(key -> peers.find(new PeerName(key)).isPresent() || nudged.add(key)));
    return nudged;
  }

  /** The same while too much waits for a partition to take more. */
  void repairInVain() {
    repair.run(Hosted.alone(_ -> false));
  }

  private PeerRecords records(FullPeers storage) {
    return new PeerRecords(
        peers,
        watch,
        losses(),
        storage,
        room,
        new PeerDecisions(catalog.decisions()),
        new UnknownPins(catalog, new RecordChanges(catalog), OURS),
        new Scrubbing(
            catalog,
            () -> peers,
            watch,
            new InventoryDifferences(),
            nudges,
            endpoints,
            limits.call(),
            0,
            SamplePinner.SCRUB_INTERVAL,
            MeterProvider.noop().get("test"),
            Executors::newVirtualThreadPerTaskExecutor,
            clock),
        catalog.peers(),
        clock);
  }

  private MoveGuards held() {
    MoveGuards held =
        new MoveGuards(new PeerDecisions(catalog.decisions()), catalog.peers(), clock);
    held.counted(Optional.empty(), Optional.empty());
    return held;
  }

  private LostPeers losses() {
    return new LostPeers(
        peers,
        watch,
        new PeerDecisions(catalog.decisions()),
        catalog.peers(),
        held(),
        _ -> false,
        Duration.ofMinutes(30));
  }

  PinState pin(Cid dag, int copies) throws PermanentFailure, InterruptedException {
    return pin(step(), dag, copies);
  }

  /** By a step that remembers what it did before. */
  PinState pin(Pin step, Cid dag, int copies) throws PermanentFailure, InterruptedException {
    Converted converted =
        new Converted(
            new ImageDag(dag),
            new RootCid(dag),
            Digest.sha256("0".repeat(64)),
            new Recipe("r".repeat(64)),
            ModeName.of(Mode.PLAIN),
            RepositoryName.canonical("localhost:5055/team/app"),
            new Tag("v1"),
            new PeerName("ingest"),
            600_000,
            copies,
            clock.instant());
    return handle(step, message(dag, converted));
  }

  /** What the repair asks for. */
  PinState again(Cid dag) throws PermanentFailure, InterruptedException {
    return again(step(), dag);
  }

  PinState again(Pin step, Cid dag) throws PermanentFailure, InterruptedException {
    return handle(step, message(dag, null));
  }

  private Message message(Cid dag, @Nullable Converted body) {
    return new Message(
        Topic.CONVERTED, 0, offset.get(), dag.toString(), "id", clock.instant(), body);
  }

  private PinState handle(Pin step, Message message) throws PermanentFailure, InterruptedException {
    Progress progress = this::apply;
    nudges.began(message.key());
    apply(step.handle(message, progress));
    return catalog.copies().pinned(ImageDag.stored(message.key())).orElseThrow().inOne();
  }

  private void apply(Effects effects) {
    for (LongshoreRecord record : effects.records()) {
      learn(Topic.of(record), (State) record);
    }
    effects.records().stream()
        .filter(record -> record instanceof PinState || record instanceof CopiesState)
        .map(record -> ImageDag.stored(((State) record).key()))
        .distinct()
        .forEach(dag -> published.add(catalog.copies().pinned(dag).orElseThrow().inOne()));
  }

  /** Records which image a DAG belongs to, as the converter does. */
  void converted(Cid dag) {
    converted(dag, 600_000);
  }

  /** The same of an image of so many bytes. */
  void converted(Cid dag, long bytes) {
    converted(dag, bytes, DIGEST);
  }

  /** The same of another source that became the same DAG. */
  void converted(Cid dag, long bytes, String digest) {
    learn(Topic.IMAGES, image(dag, bytes, digest, clock.instant()));
  }

  static ImageState image(Cid dag, long bytes, String digest, Instant at) {
    return new ImageState(
        Digest.stored(digest),
        new Recipe("r".repeat(64)),
        ModeName.of(Mode.PLAIN),
        "application/vnd.oci.image.manifest.v1+json",
        new ImageDag(dag),
        new RootCid(dag),
        dag,
        List.of(),
        1,
        bytes,
        List.of(),
        new PeerName("ingest"),
        RepositoryName.canonical("localhost:5055/team/app"),
        at);
  }

  /** Says that a name has the image of {@link #converted}, as the watcher does. */
  void named(String repository, String tag) {
    named(repository, tag, DIGEST);
  }

  /** The same of that source. */
  void named(String repository, String tag, String digest) {
    learn(Topic.TAGS, name(repository, tag, digest, clock.instant()));
  }

  static TagState name(String repository, String tag, String digest, Instant at) {
    return new TagState(
        RepositoryName.stored("localhost:5055", repository),
        new Tag(tag),
        Digest.stored(digest),
        "application/vnd.oci.image.manifest.v1+json",
        1,
        List.of(),
        false,
        Origin.WEBHOOK,
        at,
        at);
  }

  private void learn(Topic topic, State state) {
    catalog
        .writer()
        .apply(
            List.of(
                new CatalogRecord(
                    topic, 0, offset.incrementAndGet(), clock.instant(), state.key(), state)));
  }
}
