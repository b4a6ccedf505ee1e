package dev.longshore.converter;

import dev.longshore.converter.estargz.SpoolException;
import dev.longshore.ipfs.BlockSink;
import dev.longshore.ipfs.kubo.KuboException;
import dev.longshore.oci.BlobStream;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.RegistryException;
import dev.longshore.runtime.step.PermanentFailure;
import dev.longshore.runtime.step.TransientFailure;
import io.opentelemetry.api.common.Attributes;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Reads a blob once, from the registry through its check and its mode's form into blocks on the
 * ingest peer. Memory is bounded whatever the blob's size. Wrong content breaks the upload off
 * before its last bytes; what the peer has by then no pin reaches.
 */
final class BlobStreamer {
  private final IngestPeer peer;
  private final Spans spans;

  BlobStreamer(IngestPeer peer, Spans spans) {
    this.peer = peer;
    this.spans = spans;
  }

  StoredBlob stream(Upstream upstream, BlobTask task)
      throws TransientFailure, PermanentFailure, InterruptedException {
    Optional<Path> spool = task.form().spool();
    if (spool.isPresent()) {
      upstream.progress().require(SpoolDisk.endpoint(spool.get()));
    }
    Descriptor blob = task.blob();
    var attributes =
        Attributes.of(Spans.DIGEST, blob.digest().toString(), Spans.BYTES, blob.size());
    return spans.in("pull blob", attributes, () -> pull(upstream, task));
  }

  private StoredBlob pull(Upstream upstream, BlobTask task)
      throws TransientFailure, PermanentFailure, InterruptedException {
    try (BlobStream in = upstream.open(task.blob())) {
      return spans.in(
          "import", Attributes.of(Spans.PEER, peer.name()), () -> load(upstream, in, task));
    } catch (RegistryException e) {
      throw upstream.failedBlob(e);
    } catch (IOException e) {
      throw upstream.brokenOff(e);
    }
  }

  private StoredBlob load(Upstream upstream, BlobStream in, BlobTask task)
      throws TransientFailure, PermanentFailure, InterruptedException {
    var written = new AtomicReference<StoredBlob>();
    try {
      peer.importBlocks(sink -> written.set(write(in, task, sink)), task.blob().size());
      return Objects.requireNonNull(written.get());
    } catch (RegistryException e) {
      throw upstream.failedBlob(e);
    } catch (UnfitLayerException e) {
      throw Reason.LAYER_UNFIT.failure(
          "%s: %s (leave the mode out of modes of its rule, or mend the layer)"
              .formatted(upstream.name(), e.getMessage()),
          e);
    } catch (SpoolException e) {
      throw SpoolDisk.failed(e);
    } catch (KuboException e) {
      throw peer.failed(e);
    } catch (IOException e) {
      throw peer.brokenOff(e);
    }
  }

  /** A form may find fault with bytes, or be content with them, that are not those promised. */
  private static StoredBlob write(BlobStream in, BlobTask task, BlockSink sink) throws IOException {
    StoredBlob stored;
    try {
      stored = task.form().write(in, task.blob(), sink);
    } catch (UnfitLayerException e) {
      in.transferTo(OutputStream.nullOutputStream());
      throw e;
    }
    in.transferTo(OutputStream.nullOutputStream());
    return stored;
  }
}
