package dev.longshore.converter;

import dev.longshore.catalog.Catalog;
import dev.longshore.converter.image.Announcements;
import dev.longshore.converter.image.ImageStore;
import dev.longshore.converter.ingest.Holds;
import dev.longshore.converter.ingest.ImageBlobs;
import dev.longshore.converter.ingest.IngestPeer;
import dev.longshore.converter.ingest.Spans;
import dev.longshore.converter.mode.ModeChoice;
import dev.longshore.converter.mode.ModeTools;
import dev.longshore.converter.mode.RequestedConversions;
import dev.longshore.ipfs.node.IpfsNode;
import dev.longshore.model.PeerName;
import dev.longshore.oci.source.ImageSource;
import dev.longshore.runtime.config.PeerSettings;
import dev.longshore.runtime.config.PeersAndRules;
import dev.longshore.runtime.config.ServiceContext;
import dev.longshore.runtime.kafka.step.Effects;
import dev.longshore.runtime.kafka.step.Step;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The converter: wires its step. Consumes {@code observed}. */
public final class ConverterService {
  private static final Logger LOG = LoggerFactory.getLogger(ConverterService.class);

  private final ServiceContext context;
  private final ConverterSettings settings;
  private final Function<PeerSettings, IpfsNode> nodes;
  private final ImageSource images;
  private final Supplier<ExecutorService> workers;
  private final Spans spans;
  private final ModeTools modes;
  private final ModeChoice choice = new ModeChoice();
  private final Debounce debounce;
  private final Supplier<Wiring> wiring;
  private final AtomicReference<@Nullable ReleasedImages> released = new AtomicReference<>();
  private final AtomicReference<@Nullable EndedBlobs> blobs = new AtomicReference<>();

  /** Of the settings that count: it stays while the peer's settings do. */
  private volatile @Nullable Ingest opened;

  /** Holds on earlier ingest peers: the settings may not name them any more. */
  private final List<Holds> former = new CopyOnWriteArrayList<>();

  private record Ingest(
      PeerSettings settings,
      IpfsNode node,
      IngestPeer peer,
      Holds holds,
      ImageConversion conversion) {}

  /** What is made of the same settings. */
  private record Wiring(Ingest ingest, RequestedConversions conversions, Step step) {}

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
    Path home = context.shared().home();
    Path spool = settings.spoolDir() == null ? home.resolve("converter") : settings.spoolDir();
    this.context = context;
    this.settings = settings;
    this.nodes = nodes;
    this.images = images;
    this.workers = workers;
    this.spans = new Spans(context.telemetry());
    this.modes = new ModeTools(spool);
    this.debounce = new Debounce(context.catalog(), context.current()::rules, context.clock());
    this.wiring = context.current().made(this::wiring);
    this.opened = wiring.get().ingest();
    context.current().onReplaced(this::replaced);
  }

  private void replaced() {
    Ingest last = opened;
    Ingest now = wiring.get().ingest();
    if (last != null && !last.equals(now)) {
      former.add(last.holds());
    }
    opened = now;
  }

  private Wiring wiring(PeersAndRules current) {
    choice.requireReady(current.ruleSettings());
    Ingest ingest = ingest(ingestPeer(current.peers(), settings));
    RequestedConversions conversions =
        new RequestedConversions(current.rules(), choice, settings.maxImageSize());
    return new Wiring(
        ingest,
        conversions,
        new Convert(context.catalog(), conversions, ingest.conversion(), debounce));
  }

  /** Settings that are only tried may be refused: they replace nothing. */
  private Ingest ingest(PeerSettings peer) {
    Ingest last = opened;
    return last != null && last.settings().equals(peer) ? last : open(peer);
  }

  private Ingest open(PeerSettings peer) {
    Catalog catalog = context.catalog();
    Clock clock = context.clock();
    IpfsNode node = nodes.apply(peer);
    IngestPeer ingestPeer = ingestPeer(peer, node);
    Holds holds = holds(ingestPeer);
    Announcements announcements = new Announcements(catalog, new PeerName(node.name()), clock);
    ImageBlobs blobs =
        new ImageBlobs(ingestPeer, catalog, settings.concurrency(), workers, spans, clock);
    ImageStore store = new ImageStore(ingestPeer, holds, blobs, announcements, spans);
    KnownImages known = new KnownImages(catalog, ingestPeer);
    return new Ingest(
        peer,
        node,
        ingestPeer,
        holds,
        new ImageConversion(known, modes, images, store, ingestPeer, announcements, spans));
  }

  private IngestPeer ingestPeer(PeerSettings peer, IpfsNode node) {
    return new IngestPeer(
        node,
        context.shared().installationName(),
        settings.stallTimeout(),
        peer.allowPublicIpfs(),
        context.clock());
  }

  private Holds holds(IngestPeer peer) {
    return new Holds(peer, context.shared().installationName(), context.clock());
  }

  /** On peers that may have been the ingest peer: by these settings, or before a restart. */
  private List<Holds> otherHolds() {
    former.removeIf(Holds::isUnused);
    List<Holds> others = new ArrayList<>(former);
    for (PeerSettings peer : context.current().now().peers()) {
      if (!peer.equals(wiring.get().ingest().settings())) {
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

  /** The peer that images are written to first, of the settings that count now. */
  public IpfsNode ingest() {
    return wiring.get().ingest().node();
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
            context.clock());
    released.set(images);
    return images;
  }

  /**
   * What ends the records of blobs that the ingest peer no longer has.
   *
   * @param nudge asks the step to look at a blob's key; false if it will not now
   */
  public EndedBlobs endedBlobs(Predicate<String> nudge) {
    return endedBlobs(nudge, EndedBlobs.EVERY);
  }

  EndedBlobs endedBlobs(Predicate<String> nudge, Duration every) {
    EndedBlobs ending =
        new EndedBlobs(context.catalog(), () -> wiring.get().ingest().peer(), nudge, every);
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
        context.catalog(), () -> wiring.get().conversions(), nudge, context.clock());
  }

  /** What takes off holds that conversions left behind, and those of forgotten images. */
  public LeftHolds leftHolds() {
    return new LeftHolds(context.catalog(), () -> wiring.get().ingest().holds(), this::otherHolds);
  }

  /**
   * The peer to write images to first.
   *
   * @throws IllegalArgumentException when the settings name none of the peers
   */
  public static PeerSettings ingestPeer(List<PeerSettings> peers, ConverterSettings settings) {
    return peers.stream()
        .filter(p -> settings.ingestPeer() == null || settings.ingestPeer().equals(p.name()))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "ingest-peer: %s (expected: one of peers, which are %s)"
                        .formatted(
                            settings.ingestPeer(),
                            peers.stream().map(PeerSettings::name).toList())));
  }
}
