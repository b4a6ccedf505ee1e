package dev.longshore.ipfs.unixfs;

import dev.longshore.model.Cid;

/**
 * A built DAG, as its parent needs it.
 *
 * @param cid its root
 * @param fileSize bytes of content: of the file, or of all files below a directory
 * @param dagSize bytes of all its blocks (Tsize), each counted once per link
 * @param blocks number of its blocks, counted the same way
 */
public record DagLink(Cid cid, long fileSize, long dagSize, long blocks) {
  public DagLink {
    if (fileSize < 0 || dagSize < 0 || blocks < 1) {
      throw new IllegalArgumentException(
          "fileSize: %d, dagSize: %d, blocks: %d (expected: 0 or more, 0 or more, 1 or more)"
              .formatted(fileSize, dagSize, blocks));
    }
  }
}
