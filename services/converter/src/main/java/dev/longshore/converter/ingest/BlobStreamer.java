package dev.longshore.converter.ingest;

import dev.longshore.converter.blob.BegunBlob;
import dev.longshore.converter.blob.BlobTask;
import dev.longshore.converter.blob.StoredBlob;
import dev.longshore.converter.blob.UnfitLayerException;
import dev.longshore.converter.source.Reason;
import dev.longshore.converter.source.SourceRepository;
import dev.longshore.estargz.HeapBusyException;
import dev.longshore.estargz.SpoolException;
import dev.longshore.ipfs.Block;
import dev.longshore.ipfs.BlockSink;
import dev.longshore.ipfs.node.CarBody;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.ipfs.unixfs.UnixFsFileBuilder;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.source.BlobStream;
import dev.longshore.runtime.kafka.step.PermanentFailure;
import dev.longshore.runtime.kafka.step.TransientFailure;
import io.opentelemetry.api.common.Attributes;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Reads a blob once: from the registry, through its check and its mode's transform, into blocks on
 * the ingest peer, or into the hold's memory if it is small. Memory is bounded for any size. Wrong
 * content aborts the upload before its last bytes; what the peer has by then goes with the hold.
 */
final class BlobStreamer {
  /** Endpoint for the memory that layers of lazy modes share. */
  static final String MEMORY = "memory of lazy layers";

  private final IngestPeer peer;
  private final Spans spans;

  BlobStreamer(IngestPeer peer, Spans spans) {
    this.peer = peer;
    this.spans = spans;
  }

  /**
   * The result for a blob.
   *
   * @param carried its blocks, if the hold only carries them yet
   */
  record Streamed(StoredBlob stored, List<Block> carried) {}

  Streamed stream(SourceRepository upstream, BlobTask task, ConversionHold hold)
      throws TransientFailure, PermanentFailure, InterruptedException {
    Optional<Path> spool = task.form().spool();
    if (spool.isPresent()) {
      upstream.progress().require(SpoolDisk.endpoint(spool.get()));
      upstream.progress().require(MEMORY);
    }
    Descriptor blob = task.blob();
    var attributes =
        Attributes.of(Spans.DIGEST, blob.digest().toString(), Spans.BYTES, blob.size());
    return spans.in("pull blob", attributes, () -> pull(upstream, task, hold));
  }

  private Streamed pull(SourceRepository upstream, BlobTask task, ConversionHold hold)
      throws TransientFailure, PermanentFailure, InterruptedException {
    try (BlobStream in = upstream.open(task.blob());
        BegunBlob begun = begin(in, task)) {
      return spans.in(
          "import",
          Attributes.of(Spans.PEER, peer.name()),
          () -> load(upstream, in, begun, task, hold));
    } catch (IOException e) {
      requireGoingOn(e);
      Optional<PermanentFailure> known = ofReading(upstream, e);
      if (known.isPresent()) {
        throw known.get();
      }
      throw upstream.brokenOff(e);
    }
  }

  /** A transform may reject, or accept, bytes that do not match the digest. */
  private static BegunBlob begin(BlobStream in, BlobTask task) throws IOException {
    try {
      return task.form().begin(in, task.blob());
    } catch (UnfitLayerException e) {
      in.transferTo(OutputStream.nullOutputStream());
      throw e;
    }
  }

  private Streamed load(
      SourceRepository upstream, BlobStream in, BegunBlob begun, BlobTask task, ConversionHold hold)
      throws TransientFailure, PermanentFailure, InterruptedException {
    var written = new AtomicReference<StoredBlob>();
    try {
      CarBody body = sink -> written.set(write(in, begun, sink));
      List<Block> carried = List.of();
      if (isSmall(task)) {
        carried = hold.carry(body);
      } else if (mayBeCarried(task) && hold.takeRoom(task.blob().size())) {
        try {
          carried = hold.carry(body);
        } finally {
          hold.freeRoom(task.blob().size());
        }
      } else {
        hold.importBlocks(body, task.blob().size());
        hold.keptNow(Objects.requireNonNull(written.get()).link());
      }
      return new Streamed(Objects.requireNonNull(written.get()), carried);
    } catch (KuboException e) {
      throw peer.failed(e);
    } catch (IOException e) {
      requireGoingOn(e);
      Optional<PermanentFailure> known = ofReading(upstream, e);
      if (known.isPresent()) {
        throw known.get();
      }
      throw peer.brokenOff(e);
    }
  }

  private static boolean isSmall(BlobTask task) {
    return mayBeCarried(task) && task.blob().size() <= UnixFsFileBuilder.LEAF_BYTES;
  }

  /** A transform may have another result each time; the first counts for all. */
  private static boolean mayBeCarried(BlobTask task) {
    return !task.form().changes();
  }

  /** As {@link #begin}. */
  private static StoredBlob write(BlobStream in, BegunBlob begun, BlockSink sink)
      throws IOException {
    StoredBlob stored;
    try {
      stored = begun.write(sink);
    } catch (UnfitLayerException e) {
      in.transferTo(OutputStream.nullOutputStream());
      throw e;
    }
    in.transferTo(OutputStream.nullOutputStream());
    return stored;
  }

  /** A cancelled read is not a failure. */
  private static void requireGoingOn(IOException e) throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException(Reason.text(e));
    }
  }

  /** The failure that a fault of the source, the transform or its tools means; empty for others. */
  private static Optional<PermanentFailure> ofReading(
      SourceRepository upstream, IOException failure)
      throws TransientFailure, InterruptedException {
    return switch (failure) {
      case RegistryException e -> Optional.of(upstream.failedBlob(e));
      case UnfitLayerException e ->
          Optional.of(
              Reason.LAYER_UNFIT.failure(
                  "%s: %s (leave the mode out of modes of its rule, or fix the layer)"
                      .formatted(upstream.name(), e.getMessage()),
                  e));
      case SpoolException e -> Optional.of(SpoolDisk.failed(e));
      case HeapBusyException e -> throw new TransientFailure(MEMORY, Reason.text(e), null, e);
      default -> Optional.empty();
    };
  }
}
