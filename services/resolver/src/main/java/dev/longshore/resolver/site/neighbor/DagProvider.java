package dev.longshore.resolver.site.neighbor;

import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.reader.LeafOrder;
import dev.longshore.model.Cid;
import dev.longshore.model.ImageDag;
import java.io.IOException;

/** The DAGs that a node serves to its neighbors. */
public interface DagProvider {
  /** Whether all of it is here, and may be given. */
  boolean has(ImageDag dag);

  /** Whether it is one that the site's rules name; waits a moment for the hub to say so. */
  boolean awaitKnown(ImageDag dag) throws InterruptedException;

  /**
   * Has it brought from the hub; returns when its inner nodes are here.
   *
   * @param neighbor who asks: none may have all places
   */
  void bring(ImageDag dag, String neighbor) throws IOException, InterruptedException;

  /** The order of its blocks; the inner ones are here. */
  LeafOrder order(ImageDag dag) throws IOException;

  /** A block that is here, or comes within the time. */
  byte[] block(Cid cid, Deadline deadline) throws IOException;
}
