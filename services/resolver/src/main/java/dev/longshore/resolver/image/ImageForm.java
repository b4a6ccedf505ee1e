package dev.longshore.resolver.image;

import dev.longshore.model.Cid;
import dev.longshore.resolver.content.Provider;
import java.util.List;

/**
 * One form of one image, and where it is read.
 *
 * @param cid CID of its DAG for the form without urls, root CID for the IPFS-enabled form
 * @param shape which of the two
 * @param providers peers that are said to hold it
 */
public record ImageForm(Cid cid, Shape shape, List<Provider> providers) {
  public ImageForm {
    providers = List.copyOf(providers);
  }

  /** What the CID leads to. */
  public enum Shape {
    /** An image DAG that Longshore wrote. */
    LAYOUT,
    /** A root descriptor that Longshore wrote. */
    ROOT,
    /** Something that others wrote: it shows which when it is read. */
    FOREIGN
  }
}
