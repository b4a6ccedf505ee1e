package dev.longshore.converter.blob;

import dev.longshore.estargz.SpoolException;
import dev.longshore.ipfs.BlockSink;
import java.io.IOException;

/** A blob whose work ahead of its blocks is done. */
@FunctionalInterface
public interface BegunBlob extends AutoCloseable {
  /**
   * Writes the blocks of the result, once, reading the rest of the stream that it was begun with.
   *
   * @throws UnfitLayerException when the bytes cannot be converted
   * @throws SpoolException when the disk of {@link LayerTransform#spool} is full or fails
   */
  StoredBlob write(BlockSink sink) throws IOException;

  @Override
  default void close() throws IOException {}
}
