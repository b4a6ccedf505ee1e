package dev.longshore.converter.image;

import dev.longshore.converter.blob.BlobKey;
import dev.longshore.converter.blob.StoredBlob;
import dev.longshore.converter.ingest.ConversionHold;
import dev.longshore.converter.ingest.ForgottenMeanwhileException;
import dev.longshore.converter.ingest.Holds;
import dev.longshore.converter.ingest.ImageBlobs;
import dev.longshore.converter.ingest.IngestPeer;
import dev.longshore.converter.ingest.Spans;
import dev.longshore.converter.source.ImagePlan;
import dev.longshore.converter.source.SourceRepository;
import dev.longshore.events.LongshoreRecord;
import dev.longshore.ipfs.BlockSink;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.ipfs.node.PinNames;
import dev.longshore.ipfs.unixfs.DagLink;
import dev.longshore.ipfs.unixfs.UnixFsFileBuilder;
import dev.longshore.model.Digest;
import dev.longshore.model.PeerName;
import dev.longshore.runtime.kafka.step.Effects;
import dev.longshore.runtime.kafka.step.PermanentFailure;
import dev.longshore.runtime.kafka.step.Progress;
import dev.longshore.runtime.kafka.step.TransientFailure;
import io.opentelemetry.api.common.Attributes;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;

/**
 * Writes an image to the ingest peer: blobs, then the manifests, then the pin that keeps
 * everything.
 */
public final class ImageStore {
  /** Size from which a blob's record does not wait for the image: over a second of work. */
  private static final long REMEMBERED_AT_ONCE = 64L * 1024 * 1024;

  /** Milliseconds from which a blob's record does not wait for the image either. */
  private static final long SLOW = 1_000;

  private final IngestPeer peer;
  private final Holds holds;
  private final ImageBlobs blobs;
  private final Announcements announcements;
  private final Spans spans;

  /**
   * @param holds keep what comes until the pin stands
   */
  public ImageStore(
      IngestPeer peer, Holds holds, ImageBlobs blobs, Announcements announcements, Spans spans) {
    this.peer = peer;
    this.holds = holds;
    this.blobs = blobs;
    this.announcements = announcements;
    this.spans = spans;
  }

  /**
   * Returns when the peer has a recursive pin of the image DAG. Until then a hold keeps what comes,
   * also over a failure that passes; but a full peer gets its room back.
   *
   * @param work what is to be written
   * @param forgotten whether nobody wants the image any more
   * @throws ForgottenMeanwhileException if so
   */
  public StoredImage store(
      SourceRepository upstream, ImageWork work, BooleanSupplier forgotten, Progress progress)
      throws TransientFailure, PermanentFailure, InterruptedException {
    peer.requirePrivate();
    ImagePlan plan = work.plan();
    try (ConversionHold hold = holds.begin(plan.digest(), plan.bytes(Set.of()), forgotten)) {
      try {
        return store(upstream, work, hold, progress);
      } catch (TransientFailure e) {
        if (!IngestPeer.isFull(e)) {
          hold.stays();
        }
        throw e;
      } catch (InterruptedException e) {
        hold.stays();
        throw e;
      }
    }
  }

  private StoredImage store(
      SourceRepository upstream, ImageWork work, ConversionHold hold, Progress progress)
      throws TransientFailure, PermanentFailure, InterruptedException {
    ImagePlan plan = work.plan();
    Map<BlobKey, StoredBlob> stored =
        blobs.ingest(
            upstream, work.tasks().values(), hold, (blob, made) -> remember(blob, made, progress));
    ModeImage image = ModeImage.of(plan, work.parts(), stored, work.configs());
    Written written = write(image, hold);
    hold.requireWanted();
    String pinName =
        PinNames.converted(peer.pinPrefix(), image.plan().digest()) + work.recipe().key();
    if (!pin(written.dag().link(), pinName)) {
      if (hold.doubt()) {
        return store(upstream, work, hold, progress);
      }
      throw new TransientFailure(
          peer.endpoint(),
          "pin the image DAG of %s@%s on %s: blocks are missing that were there a moment ago; look for damage to its disk"
              .formatted(upstream.name(), plan.digest(), peer.endpoint()),
          null,
          null);
    }
    List<String> platforms = Platforms.of(image.plan(), written.links(), peer);
    return new StoredImage(plan, image.plan(), stored, written.links(), written.dag(), platforms);
  }

  /** A crash from here on repeats no slow read, and watchers see the layer at once. */
  private void remember(BlobKey blob, StoredBlob stored, Progress progress)
      throws InterruptedException {
    if (stored.link().fileSize() >= REMEMBERED_AT_ONCE || stored.took().orElse(0L) >= SLOW) {
      Optional<LongshoreRecord> record =
          announcements.blob(blob, stored, new PeerName(peer.name()));
      if (record.isPresent()) {
        progress.publish(Effects.of(record.get()));
      }
    }
  }

  private boolean pin(DagLink dag, String pinName)
      throws TransientFailure, PermanentFailure, InterruptedException {
    return spans.in(
        "pin",
        Attributes.of(
            Spans.CID, dag.cid().toString(), Spans.BYTES, dag.dagSize(), Spans.PEER, peer.name()),
        () -> peer.pin(dag.cid(), pinName, dag.dagSize()));
  }

  /** The image DAG, and the results for all configs and layers in it. */
  private record Written(ImageLayout dag, Map<Digest, DagLink> links) {
    static Written to(BlockSink sink, ModeImage image) throws IOException {
      var links = new HashMap<>(image.links());
      for (Map.Entry<Digest, byte[]> config : image.configs().entrySet()) {
        links.put(config.getKey(), UnixFsFileBuilder.build(config.getValue(), sink));
      }
      return new Written(ImageLayout.write(image.plan(), links, sink), links);
    }
  }

  private Written write(ModeImage image, ConversionHold hold)
      throws TransientFailure, PermanentFailure, InterruptedException {
    var written = new AtomicReference<Written>();
    try {
      hold.importBlocks(sink -> written.set(Written.to(sink, image)), image.plan().manifestBytes());
      return Objects.requireNonNull(written.get());
    } catch (KuboException e) {
      throw peer.failed(e);
    } catch (IOException e) {
      throw peer.brokenOff(e);
    }
  }
}
