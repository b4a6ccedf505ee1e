package dev.longshore.converter;

import dev.longshore.events.LongshoreRecord;
import dev.longshore.ipfs.kubo.KuboException;
import dev.longshore.ipfs.unixfs.DagLink;
import dev.longshore.oci.Digest;
import dev.longshore.runtime.step.Effects;
import dev.longshore.runtime.step.PermanentFailure;
import dev.longshore.runtime.step.Progress;
import dev.longshore.runtime.step.TransientFailure;
import io.opentelemetry.api.common.Attributes;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/** Writes an image to the ingest peer: blobs, then what names them, then the pin that keeps all. */
final class ImageStore {
  /**
   * A pin fails when blocks of a known blob are gone, which a second reading mends; only a peer
   * that loses blocks all the time needs more.
   */
  private static final int PIN_ATTEMPTS = 3;

  /** Kubo's limit is 255 bytes; a sha512 digest and a recipe's key take 210. */
  private static final String PIN_PREFIX = "longshore:";

  /** Bytes of a blob whose record does not wait for the image: a second's work and more. */
  private static final long REMEMBERED_AT_ONCE = 64L * 1024 * 1024;

  private final IngestPeer peer;
  private final ImageBlobs blobs;
  private final KnownBlobs known;
  private final Announcements announcements;
  private final Spans spans;

  ImageStore(
      IngestPeer peer,
      ImageBlobs blobs,
      KnownBlobs known,
      Announcements announcements,
      Spans spans) {
    this.peer = peer;
    this.blobs = blobs;
    this.known = known;
    this.announcements = announcements;
    this.spans = spans;
  }

  /** Returns when the peer has a recursive pin of the image DAG. */
  StoredImage store(Upstream upstream, ImagePlan plan, Recipe recipe, Progress progress)
      throws TransientFailure, PermanentFailure, InterruptedException {
    peer.requirePrivate();
    String pinName = PIN_PREFIX + plan.digest() + "/" + recipe.key();
    for (int attempt = 1; attempt <= PIN_ATTEMPTS; attempt++) {
      Map<Digest, DagLink> links =
          blobs.ingest(upstream, plan, (digest, link) -> remember(digest, link, progress));
      ImageDag dag = write(plan, links);
      if (pin(dag.link(), pinName)) {
        return new StoredImage(plan, links, dag, Platforms.of(plan, links, peer));
      }
      forgetIncomplete(links);
    }
    throw new TransientFailure(
        peer.endpoint(),
        "pin the image DAG of %s@%s on %s: blocks were missing %d times although they had been imported; look for garbage collection that Longshore did not start"
            .formatted(upstream.name(), plan.digest(), peer.endpoint(), PIN_ATTEMPTS),
        null,
        null);
  }

  /** A crash from here on costs no second reading of what took long. */
  private void remember(Digest blob, DagLink link, Progress progress) throws InterruptedException {
    if (link.fileSize() >= REMEMBERED_AT_ONCE) {
      Optional<LongshoreRecord> record = announcements.blob(blob, link);
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

  private ImageDag write(ImagePlan plan, Map<Digest, DagLink> links)
      throws TransientFailure, PermanentFailure, InterruptedException {
    var written = new AtomicReference<ImageDag>();
    try {
      peer.importBlocks(
          sink -> written.set(ImageDag.write(plan, links, sink)), plan.manifestBytes());
      return Objects.requireNonNull(written.get());
    } catch (KuboException e) {
      throw peer.failed(e);
    } catch (IOException e) {
      throw peer.brokenOff(e);
    }
  }

  private void forgetIncomplete(Map<Digest, DagLink> links)
      throws TransientFailure, PermanentFailure, InterruptedException {
    for (Map.Entry<Digest, DagLink> blob : links.entrySet()) {
      if (!peer.holdsAll(blob.getValue().cid(), blob.getValue().dagSize())) {
        known.forget(blob.getKey());
      }
    }
  }
}
