package dev.longshore.converter;

import dev.longshore.catalog.Catalog;
import dev.longshore.converter.image.Announcements;
import dev.longshore.converter.ingest.Holds;
import dev.longshore.converter.ingest.ImageBlobs;
import dev.longshore.converter.ingest.IngestPeer;
import dev.longshore.converter.ingest.Spans;
import dev.longshore.converter.mode.ModeChoice;
import dev.longshore.converter.mode.ModeTools;
import dev.longshore.converter.mode.RequestedConversions;
import dev.longshore.converter.source.ImageLimits;
import dev.longshore.converter.source.SharedRegistries;
import dev.longshore.events.Topic;
import dev.longshore.ipfs.node.IpfsNode;
import dev.longshore.oci.source.ImageSource;
import dev.longshore.oci.source.RequestBudget;
import dev.longshore.runtime.config.PeerSettings;
import dev.longshore.runtime.config.PeersAndRules;
import dev.longshore.runtime.config.ServiceContext;
import dev.longshore.runtime.kafka.StepHost;
import dev.longshore.runtime.kafka.record.KeyPartitions;
import dev.longshore.runtime.kafka.step.Effects;
import dev.longshore.runtime.kafka.step.Step;
import dev.longshore.runtime.service.metrics.LoopTurns;
import dev.longshore.runtime.service.metrics.OldestWork;
import dev.longshore.runtime.service.turns.FairTurns;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The converter: wires its step. Consumes {@code observed}. */
public final class ConverterService {
  private static final Logger LOG = LoggerFactory.getLogger(ConverterService.class);

  /** Its loops look at least hourly, which takes minutes with millions of images. */
  private static final Duration LOOK_WITHIN = Duration.ofHours(3);

  private final ServiceContext context;
  private final ConverterSettings settings;
  private final Function<PeerSettings, IpfsNode> nodes;
  private final SharedRegistries sources;
  private final Supplier<ExecutorService> workers;
  private final Spans spans;
  private final ModeTools modes;
  private final ModeChoice choice = new ModeChoice();
  private final Debounce debounce;
  private final Supplier<Wiring> wiring;
  private final AtomicReference<@Nullable ReleasedImages> released = new AtomicReference<>();
  private final AtomicReference<@Nullable EndedBlobs> blobs = new AtomicReference<>();

  private final FairTurns underWay = new FairTurns(ImageLimits.AT_ONCE);
  private final FairTurns streams;
  private final LoopTurns turns;

  private volatile DoubleSupplier share = () -> 1;

  /** By the current settings: each stays as long as its peer's settings do. */
  private volatile List<Intake> opened = List.of();

  /** Holds on earlier ingest peers: the settings may not name them any more. */
  private final List<Holds> former = new CopyOnWriteArrayList<>();

  /** What is made of the same settings. */
  private record Wiring(Intakes intakes, RequestedConversions conversions, Step step) {}

  /**
   * Wires the step without calling anything outside.
   *
   * @param nodes opens the node of a configured peer
   * @param images reads any configured registry
   * @param workers runs the reads of an image's blobs; running them in order on the step's own
   *     thread makes a step repeatable
   * @throws IllegalArgumentException when a rule names a key that cannot be used, or the settings
   *     name none of the peers
   * @throws IllegalStateException when a library is missing that a rule's mode needs
   */
  public ConverterService(
      ServiceContext context,
      ConverterSettings settings,
      Function<PeerSettings, IpfsNode> nodes,
      ImageSource images,
      Supplier<ExecutorService> workers) {
    this(context, settings, nodes, images, workers, RequestBudget::perSecond);
  }

  /**
   * Makes budgets of so many requests a second for all converters, of which this one has a share.
   */
  @FunctionalInterface
  interface Budgets {
    RequestBudget of(int requests, DoubleSupplier share);
  }

  /**
   * The same.
   *
   * @param budgets of what is read for backfill
   */
  ConverterService(
      ServiceContext context,
      ConverterSettings settings,
      Function<PeerSettings, IpfsNode> nodes,
      ImageSource images,
      Supplier<ExecutorService> workers,
      Budgets budgets) {
    Path home = context.shared().home();
    Path spool = settings.spoolDir() == null ? home.resolve("converter") : settings.spoolDir();
    this.context = context;
    this.settings = settings;
    this.nodes = nodes;
    this.sources =
        SharedRegistries.of(
            images,
            context.shared().registries(),
            requests -> budgets.of(requests, () -> share.getAsDouble()));
    this.workers = workers;
    this.spans = new Spans(context.telemetry());
    this.modes = new ModeTools(spool);
    this.streams = new FairTurns(settings.concurrency());
    this.turns = new LoopTurns(context.telemetry());
    OldestWork.register(
        context.telemetry(), "converter", OldestWork.TURN, underWay::waitingSince, context.clock());
    this.debounce = new Debounce(context.catalog(), context.current()::rules, context.clock());
    this.wiring = context.current().made(this::wiring);
    this.opened = wiring.get().intakes().all();
    context.current().onReplaced(this::replaced);
  }

  private void replaced() {
    List<Intake> now = wiring.get().intakes().all();
    opened.stream().filter(last -> !now.contains(last)).map(Intake::holds).forEach(former::add);
    opened = now;
  }

  private Wiring wiring(PeersAndRules current) {
    choice.requireReady(current.ruleSettings());
    Catalog catalog = context.catalog();
    List<Intake> all = ingestPeers(current.peers(), settings).stream().map(this::intake).toList();
    Announcements announcements =
        new Announcements(
            catalog, all.stream().map(Intake::name).collect(Collectors.toSet()), context.clock());
    Intakes intakes = new Intakes(all, announcements, spans, context.endpoints());
    RequestedConversions conversions =
        new RequestedConversions(current.rules(), choice, settings.maxImageSize());
    ImageConversion conversion =
        new ImageConversion(
            new KnownImages(catalog, intakes),
            modes,
            sources,
            intakes,
            announcements,
            spans,
            underWay);
    return new Wiring(
        intakes, conversions, new Convert(catalog, conversions, conversion, debounce));
  }

  /** Settings that are only tried may be refused: they replace nothing. */
  private Intake intake(PeerSettings peer) {
    return opened.stream()
        .filter(last -> last.settings().equals(peer))
        .findFirst()
        .orElseGet(() -> open(peer));
  }

  private Intake open(PeerSettings peer) {
    Clock clock = context.clock();
    IpfsNode node = nodes.apply(peer);
    IngestPeer ingestPeer = ingestPeer(peer, node);
    ImageBlobs blobs =
        new ImageBlobs(
            ingestPeer, context.catalog(), settings.concurrency(), streams, workers, spans, clock);
    return new Intake(peer, node, ingestPeer, holds(ingestPeer), blobs, clock);
  }

  private IngestPeer ingestPeer(PeerSettings peer, IpfsNode node) {
    return new IngestPeer(
        node,
        context.shared().installationName(),
        settings.stallTimeout(),
        settings.ingestPeers().size() > 1 ? IngestPeer.PASSED_OVER : IngestPeer.COLLECTION,
        peer.allowPublicIpfs(),
        context.clock());
  }

  private Holds holds(IngestPeer peer) {
    return new Holds(
        peer,
        context.shared().installationName(),
        context.clock(),
        context.catalog().decisions()::isNamed);
  }

  /** On peers that may have been an ingest peer: by these settings, or before a restart. */
  private List<Holds> otherHolds() {
    former.removeIf(Holds::isUnused);
    List<Holds> others = new ArrayList<>(former);
    List<PeerSettings> ingest =
        wiring.get().intakes().all().stream().map(Intake::settings).toList();
    for (PeerSettings peer : context.current().now().peers()) {
      if (!ingest.contains(peer)) {
        node(peer).map(node -> holds(ingestPeer(peer, node))).ifPresent(others::add);
      }
    }
    return others;
  }

  private Optional<IpfsNode> node(PeerSettings peer) {
    try {
      return Optional.of(nodes.apply(peer));
    } catch (IllegalArgumentException e) {
      // A converter works without the secrets of peers that it does not write to.
      LOG.info("holds on {} cannot be looked through: {}", peer.name(), e.getMessage());
      return Optional.empty();
    }
  }

  /**
   * Shares with the other converters what may be read for backfill. Called before the host is
   * started; without it, this converter has all.
   */
  public void shareBackfill(StepHost host) {
    share = () -> KeyPartitions.share(key -> host.holds(Topic.OBSERVED, key));
  }

  /** The handler of messages in {@code observed}. */
  public Step step() {
    return (message, progress) -> {
      Optional<Effects> ended =
          Optional.ofNullable(released.get()).flatMap(images -> images.ended(message));
      EndedBlobs ending = blobs.get();
      if (ended.isEmpty() && ending != null) {
        ended = ending.ended(message);
      }
      return ended.isPresent() ? ended.get() : wiring.get().step().handle(message, progress);
    };
  }

  /** The peers that images are written to first, by the current settings. */
  public List<IpfsNode> ingestNodes() {
    return wiring.get().intakes().all().stream().map(Intake::node).toList();
  }

  private List<Holds> holds() {
    return wiring.get().intakes().all().stream().map(Intake::holds).toList();
  }

  /**
   * What ends the records of images that retention let go.
   *
   * @param nudge asks the step to look at a name's key; false if it will not now
   */
  public ReleasedImages releasedImages(Predicate<String> nudge) {
    ReleasedImages images =
        new ReleasedImages(
            context.catalog(),
            context.current()::rules,
            nudge,
            ReleasedImages.SEEN_WITHIN,
            context.clock(),
            turns.of("converter released images", LOOK_WITHIN));
    released.set(images);
    return images;
  }

  /**
   * What ends the records of blobs that no ingest peer has any more.
   *
   * @param nudge asks the step to look at a blob's key; false if it will not now
   */
  public EndedBlobs endedBlobs(Predicate<String> nudge) {
    return endedBlobs(nudge, EndedBlobs.EVERY);
  }

  EndedBlobs endedBlobs(Predicate<String> nudge, Duration every) {
    EndedBlobs ending =
        new EndedBlobs(
            context.catalog(),
            () -> wiring.get().intakes(),
            nudge,
            every,
            turns.of("converter ended blobs", LOOK_WITHIN));
    blobs.set(ending);
    return ending;
  }

  /**
   * What has names converted again once the forget of their image is undone.
   *
   * @param nudge asks the step to look at a name's key; false if it will not now
   */
  public UndoneForgets undoneForgets(Predicate<String> nudge) {
    return new UndoneForgets(
        context.catalog(),
        () -> wiring.get().conversions(),
        nudge,
        context.clock(),
        turns.of("converter undone forgets", LOOK_WITHIN));
  }

  /** What takes off holds that conversions left behind, and those of forgotten images. */
  public LeftHolds leftHolds() {
    return new LeftHolds(
        context.catalog(),
        this::holds,
        this::otherHolds,
        turns.of("converter left holds", LOOK_WITHIN));
  }

  /**
   * The peers to write images to first.
   *
   * @throws IllegalArgumentException when the settings name others than the peers
   */
  public static List<PeerSettings> ingestPeers(
      List<PeerSettings> peers, ConverterSettings settings) {
    if (!settings.ingestPeers().isEmpty()) {
      return settings.ingestPeers().stream()
          .map(name -> named(peers, "ingest-peers", name))
          .toList();
    }
    return List.of(
        settings.ingestPeer() == null && !peers.isEmpty()
            ? peers.getFirst()
            : named(peers, "ingest-peer", settings.ingestPeer()));
  }

  private static PeerSettings named(
      List<PeerSettings> peers, String setting, @Nullable String name) {
    return peers.stream()
        .filter(peer -> peer.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "%s: %s (expected: one of peers, which are %s)"
                        .formatted(
                            setting, name, peers.stream().map(PeerSettings::name).toList())));
  }
}
