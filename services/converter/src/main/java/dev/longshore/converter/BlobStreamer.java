package dev.longshore.converter;

import dev.longshore.ipfs.BlockSink;
import dev.longshore.ipfs.kubo.KuboException;
import dev.longshore.ipfs.unixfs.DagLink;
import dev.longshore.ipfs.unixfs.UnixFsFileBuilder;
import dev.longshore.oci.BlobStream;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.RegistryException;
import dev.longshore.runtime.step.PermanentFailure;
import dev.longshore.runtime.step.TransientFailure;
import io.opentelemetry.api.common.Attributes;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Reads a blob once, from the registry through its check into blocks on the ingest peer. Memory is
 * that of a few leaves whatever the blob's size. Wrong content breaks the upload off before its
 * last bytes; what the peer has by then no pin reaches.
 */
final class BlobStreamer {
  private final IngestPeer peer;
  private final Spans spans;

  BlobStreamer(IngestPeer peer, Spans spans) {
    this.peer = peer;
    this.spans = spans;
  }

  DagLink stream(Upstream upstream, Descriptor blob)
      throws TransientFailure, PermanentFailure, InterruptedException {
    var attributes =
        Attributes.of(Spans.DIGEST, blob.digest().toString(), Spans.BYTES, blob.size());
    return spans.in("pull blob", attributes, () -> pull(upstream, blob));
  }

  private DagLink pull(Upstream upstream, Descriptor blob)
      throws TransientFailure, PermanentFailure, InterruptedException {
    try (BlobStream in = upstream.open(blob)) {
      return spans.in(
          "import", Attributes.of(Spans.PEER, peer.name()), () -> load(upstream, in, blob));
    } catch (RegistryException e) {
      throw upstream.failedBlob(e);
    } catch (IOException e) {
      throw upstream.brokenOff(e);
    }
  }

  private DagLink load(Upstream upstream, BlobStream in, Descriptor blob)
      throws TransientFailure, PermanentFailure, InterruptedException {
    var written = new AtomicReference<DagLink>();
    try {
      peer.importBlocks(sink -> written.set(write(in, sink)), blob.size());
      return Objects.requireNonNull(written.get());
    } catch (RegistryException e) {
      throw upstream.failedBlob(e);
    } catch (KuboException e) {
      throw peer.failed(e);
    } catch (IOException e) {
      throw peer.brokenOff(e);
    }
  }

  private static DagLink write(BlobStream in, BlockSink sink) throws IOException {
    UnixFsFileBuilder file = UnixFsFileBuilder.kuboDefaults(sink);
    byte[] buffer = new byte[UnixFsFileBuilder.LEAF_BYTES];
    for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
      file.write(buffer, 0, count);
    }
    return file.finish();
  }
}
