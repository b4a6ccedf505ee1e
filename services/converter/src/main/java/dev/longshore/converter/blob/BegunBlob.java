package dev.longshore.converter.blob;

import dev.longshore.estargz.SpoolException;
import dev.longshore.ipfs.BlockSink;
import java.io.IOException;

/** A blob of which what comes before its blocks was done. */
@FunctionalInterface
public interface BegunBlob extends AutoCloseable {
  /**
   * Writes the blocks of what is made of it, once; reads on in the stream that it was begun with
   * where that is not at its end.
   *
   * @throws UnfitLayerException when nothing can be made of such bytes
   * @throws SpoolException when the disk of {@link LayerForm#spool} is full or fails
   */
  StoredBlob write(BlockSink sink) throws IOException;

  @Override
  default void close() throws IOException {}
}
