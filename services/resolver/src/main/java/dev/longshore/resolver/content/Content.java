package dev.longshore.resolver.content;

import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import java.util.List;

/**
 * One blob or manifest: what it must be, and where its bytes lie.
 *
 * @param digest what the bytes must hash to
 * @param size bytes
 * @param mediaType as the descriptor that names it says
 * @param cid CID of the UnixFS file with these bytes; a claim until they were hashed
 * @param providers peers that are said to hold it, best first
 */
public record Content(
    Digest digest, long size, String mediaType, Cid cid, List<Provider> providers) {
  public Content {
    if (size < 0) {
      throw new IllegalArgumentException("size: " + size + " (expected: >= 0)");
    }
    providers = List.copyOf(providers);
  }

  @Override
  public String toString() {
    return digest + " (" + size + " bytes, /ipfs/" + cid + ")";
  }
}
