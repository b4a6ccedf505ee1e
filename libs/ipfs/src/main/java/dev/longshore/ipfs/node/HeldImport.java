package dev.longshore.ipfs.node;

import dev.longshore.ipfs.Block;
import dev.longshore.ipfs.BlockSink;
import java.io.IOException;

/**
 * Blocks on their way into a node that ends with a pin of them: no collection comes between. Until
 * it is closed the node collects nothing, and while a collection waits nobody else pins anything.
 * So it must not stay open while its owner waits for others.
 */
public interface HeldImport extends BlockSink, AutoCloseable {
  /**
   * Ends the import with a node that links what is to be held, and pins that node recursively. The
   * pin has no name: the node gives none in this call.
   *
   * @throws KuboException when it is not pinned; a linked block that the node lacks is waited for
   *     until the deadline
   */
  void hold(Block holder) throws IOException;

  /** Breaks the import off unless it has ended. */
  @Override
  void close() throws KuboException;
}
