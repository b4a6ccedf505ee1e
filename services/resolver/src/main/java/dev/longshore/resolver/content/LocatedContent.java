package dev.longshore.resolver.content;

import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import java.util.List;

/**
 * One blob or manifest: its identity, and where its bytes are.
 *
 * @param digest the digest of the right bytes
 * @param size bytes
 * @param mediaType from its descriptor
 * @param cid CID of the UnixFS file with these bytes; a claim until they are hashed
 * @param providers peers that should hold it, best first
 */
public record LocatedContent(
    Digest digest, long size, String mediaType, Cid cid, List<Provider> providers) {
  public LocatedContent {
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
