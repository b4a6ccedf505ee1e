package dev.longshore.converter;

import dev.longshore.catalog.Catalog;
import dev.longshore.converter.image.Announcements;
import dev.longshore.converter.image.ImageStore;
import dev.longshore.converter.ingest.ImageBlobs;
import dev.longshore.converter.ingest.IngestPeer;
import dev.longshore.converter.ingest.Spans;
import dev.longshore.converter.mode.ModeChoice;
import dev.longshore.converter.mode.ModeTools;
import dev.longshore.converter.mode.RequestedConversions;
import dev.longshore.ipfs.kubo.IpfsNode;
import dev.longshore.model.PeerName;
import dev.longshore.oci.ImageSource;
import dev.longshore.rules.RuleSettings;
import dev.longshore.rules.Rules;
import dev.longshore.runtime.config.PeerSettings;
import dev.longshore.runtime.config.ServiceContext;
import dev.longshore.runtime.kafka.step.Effects;
import dev.longshore.runtime.kafka.step.Step;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The converter: wires its step. Consumes {@code observed}. */
public final class ConverterService {
  private final Step step;
  private final Rules rules;
  private final AtomicReference<@Nullable ReleasedImages> released = new AtomicReference<>();
  private final RequestedConversions conversions;
  private final Catalog catalog;
  private final Clock clock;

  /**
   * Wires the step without calling anything outside.
   *
   * @param peer the settings that {@link #ingestPeer} chose
   * @param node the same peer
   * @param images reads any configured registry
   * @param workers runs the reads of an image's blobs; running them in order on the step's own
   *     thread makes a step repeatable
   * @throws IllegalArgumentException when a rule names a key that cannot be used
   * @throws IllegalStateException when a library is missing that a rule's mode needs
   */
  public ConverterService(
      ServiceContext context,
      ConverterSettings settings,
      PeerSettings peer,
      IpfsNode node,
      ImageSource images,
      Supplier<ExecutorService> workers) {
    List<RuleSettings> rules = context.shared().rules();
    this.rules = new Rules(rules);
    Path home = context.shared().home();
    this.catalog = context.catalog();
    this.clock = context.clock();
    Path spool = settings.spoolDir() == null ? home.resolve("converter") : settings.spoolDir();
    ModeTools modes = new ModeTools(spool);
    ModeChoice choice = new ModeChoice();
    choice.requireReady(rules);
    Spans spans = new Spans(context.telemetry());
    IngestPeer ingestPeer =
        new IngestPeer(
            node,
            context.shared().installationName(),
            settings.stallTimeout(),
            peer.allowPublicIpfs(),
            clock);
    Announcements announcements = new Announcements(catalog, new PeerName(node.name()), clock);
    ImageBlobs blobs =
        new ImageBlobs(ingestPeer, catalog, settings.concurrency(), workers, spans, clock);
    ImageStore store = new ImageStore(ingestPeer, blobs, announcements, spans);
    this.conversions = new RequestedConversions(this.rules, choice, settings.maxImageSize());
    KnownImages known = new KnownImages(catalog, ingestPeer);
    this.step =
        new Convert(
            catalog,
            conversions,
            new ImageConversion(known, modes, images, store, ingestPeer, announcements, spans));
  }

  /** The handler of messages in {@code observed}. */
  public Step step() {
    return (message, progress) -> {
      Optional<Effects> ended =
          Optional.ofNullable(released.get()).flatMap(images -> images.ended(message));
      return ended.isPresent() ? ended.get() : step.handle(message, progress);
    };
  }

  /**
   * What ends the records of images that retention let go.
   *
   * @param nudge asks the step to look at a name's key; false if it will not now
   */
  public ReleasedImages releasedImages(Predicate<String> nudge) {
    ReleasedImages images =
        new ReleasedImages(catalog, rules, nudge, ReleasedImages.SEEN_WITHIN, clock);
    released.set(images);
    return images;
  }

  /**
   * What has names converted again once the forget of their image is undone.
   *
   * @param nudge asks the step to look at a name's key; false if it will not now
   */
  public UndoneForgets undoneForgets(Predicate<String> nudge) {
    return new UndoneForgets(catalog, conversions, nudge, clock);
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
