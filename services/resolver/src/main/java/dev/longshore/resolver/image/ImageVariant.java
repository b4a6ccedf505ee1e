package dev.longshore.resolver.image;

import dev.longshore.model.Cid;
import dev.longshore.resolver.content.Provider;
import java.util.List;

/**
 * One representation of an image, and where to read it.
 *
 * @param cid CID of its DAG for the image without urls, root CID for the IPFS-enabled one
 * @param shape which of the two
 * @param providers peers that should hold it
 */
public record ImageVariant(Cid cid, Shape shape, List<Provider> providers) {
  public ImageVariant {
    providers = List.copyOf(providers);
  }

  /** What the CID points to. */
  public enum Shape {
    /** An image DAG that Longshore wrote. */
    LAYOUT,
    /** A root descriptor that Longshore wrote. */
    ROOT,
    /** An image that others wrote: reading it shows which of the two it is. */
    FOREIGN
  }
}
