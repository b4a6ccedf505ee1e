package dev.longshore.converter;

import dev.longshore.catalog.Catalog;
import dev.longshore.ipfs.kubo.IpfsNode;
import dev.longshore.oci.ImageSource;
import dev.longshore.runtime.config.Mode;
import dev.longshore.runtime.config.PeerSettings;
import dev.longshore.runtime.config.RuleSettings;
import dev.longshore.runtime.config.Rules;
import dev.longshore.runtime.config.SharedSettings;
import dev.longshore.runtime.step.Step;
import io.opentelemetry.api.OpenTelemetry;
import java.time.Clock;

/** The converter: its step, wired from what it is given. Consumes {@code observed}. */
public final class ConverterService {
  private final Step step;

  /**
   * Wires the step; nothing outside is touched yet.
   *
   * @param images reads any configured registry
   * @param ingestPeer the node that {@link #ingestPeer} chose
   * @throws IllegalArgumentException when a rule asks for a mode that this release does not have
   */
  public ConverterService(
      SharedSettings shared,
      ConverterSettings settings,
      Catalog catalog,
      ImageSource images,
      IpfsNode ingestPeer,
      OpenTelemetry telemetry,
      Clock clock) {
    requireModes(shared);
    Spans spans = new Spans(telemetry);
    PeerSettings peerSettings = ingestPeer(shared, settings);
    IngestPeer peer =
        new IngestPeer(ingestPeer, settings.stallTimeout(), peerSettings.allowPublicIpfs());
    KnownBlobs known = new KnownBlobs(catalog);
    BlobStreamer streamer = new BlobStreamer(peer, spans);
    BlobIngest ingest = new BlobIngest(peer, streamer, known, settings.concurrency());
    Announcements announcements = new Announcements(catalog, peer.name(), clock);
    ImageBlobs blobs = new ImageBlobs(ingest, settings.concurrency());
    ImageStore store = new ImageStore(peer, blobs, known, announcements, spans);
    Wishes wishes = new Wishes(new Rules(shared.rules()), settings.maxImageSize());
    this.step = new Convert(catalog, wishes, images, store, peer, announcements, spans);
  }

  /** What handles a message of {@code observed}. */
  public Step step() {
    return step;
  }

  /**
   * The peer that images are written to first.
   *
   * @throws IllegalArgumentException when the settings name none of the peers
   */
  public static PeerSettings ingestPeer(SharedSettings shared, ConverterSettings settings) {
    return shared.peers().stream()
        .filter(p -> settings.ingestPeer() == null || settings.ingestPeer().equals(p.name()))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "ingest-peer: %s (expected: one of peers, which are %s)"
                        .formatted(
                            settings.ingestPeer(),
                            shared.peers().stream().map(PeerSettings::name).toList())));
  }

  private static void requireModes(SharedSettings shared) {
    for (RuleSettings rule : shared.rules()) {
      for (Mode mode : rule.modes()) {
        if (mode != Mode.PLAIN) {
          throw new IllegalArgumentException(
              "modes: %s in the rule for %s (expected: plain, the one that this release has)"
                  .formatted(mode.text(), rule.match()));
        }
      }
    }
  }
}
