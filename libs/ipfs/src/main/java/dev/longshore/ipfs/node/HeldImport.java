package dev.longshore.ipfs.node;

import dev.longshore.ipfs.Block;
import dev.longshore.ipfs.BlockSink;
import java.io.IOException;

/**
 * An import that ends with a pin of its blocks, without a garbage collection in between. Until it
 * is closed the node collects nothing, and while a collection waits nobody else can pin. So it must
 * not stay open while its owner waits for others.
 */
public interface HeldImport extends BlockSink, AutoCloseable {
  /**
   * Ends the import with a block that links what is to be held, and pins that block recursively.
   * The pin has no name, since this call gives none.
   *
   * @throws KuboException when it is not pinned; the node waits for missing linked blocks until the
   *     deadline
   */
  void hold(Block holder) throws IOException;

  /** Aborts the import unless it has ended. */
  @Override
  void close() throws KuboException;
}
