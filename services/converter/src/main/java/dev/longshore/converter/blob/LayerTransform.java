package dev.longshore.converter.blob;

import dev.longshore.estargz.HeapBusyException;
import dev.longshore.estargz.SpoolException;
import dev.longshore.events.BlobState;
import dev.longshore.ipfs.BlockSink;
import dev.longshore.ipfs.unixfs.UnixFsFileBuilder;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.MediaType;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.Optional;

/** A mode's transform of a blob, applied while it streams from its source into blocks. */
public interface LayerTransform {
  /** The bytes as they are. */
  LayerTransform AS_IS = new AsIs();

  /** Key of the transform in {@code blobs}: the mode and a hash of all that changes bytes. */
  String transform();

  /** The media type of the result for a layer of this type. */
  String mediaType(String source);

  /** The folder for temporary files, if this uses any. */
  default Optional<Path> spool() {
    return Optional.empty();
  }

  /**
   * Does the work ahead of the first block: a transform that must first read the whole blob, or
   * wait for others, does so here, while no peer waits for its blocks. May leave the stream's end
   * unread.
   *
   * @throws UnfitLayerException when the bytes cannot be converted
   * @throws SpoolException when the disk of {@link #spool} is full or fails
   * @throws HeapBusyException when others had the memory for too long
   * @throws InterruptedIOException when the thread was interrupted; it stays interrupted
   */
  BegunBlob begin(InputStream in, Descriptor source) throws IOException;

  /** Whether this changes any bytes. */
  default boolean changes() {
    return !transform().equals(BlobState.NONE);
  }

  /** See {@link #AS_IS}. */
  final class AsIs implements LayerTransform {
    private AsIs() {}

    @Override
    public String transform() {
      return BlobState.NONE;
    }

    @Override
    public String mediaType(String source) {
      return MediaType.toOci(source);
    }

    @Override
    public BegunBlob begin(InputStream in, Descriptor source) {
      return sink -> write(in, source, sink);
    }

    private static StoredBlob write(InputStream in, Descriptor source, BlockSink sink)
        throws IOException {
      UnixFsFileBuilder file = UnixFsFileBuilder.kuboDefaults(sink);
      byte[] buffer = new byte[UnixFsFileBuilder.LEAF_BYTES];
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        file.write(buffer, 0, count);
      }
      return StoredBlob.asIs(source.digest(), file.finish());
    }
  }
}
