package dev.longshore.events;

import java.time.Instant;

/**
 * Where a blob went; a hint that saves reading it again, never proof that its blocks are there.
 *
 * @param digest digest of the source blob
 * @param transform {@link #NONE}, or the transform's own key
 * @param cid CID of the UnixFS file
 * @param size bytes of the file
 * @param dagSize bytes of its blocks (Tsize)
 * @param blocks number of its blocks
 * @param ingestPeer configured name of the peer that it was written to
 * @param storedAt converter's clock
 */
public record BlobState(
    String digest,
    String transform,
    String cid,
    long size,
    long dagSize,
    long blocks,
    String ingestPeer,
    Instant storedAt)
    implements State {

  /** The blob's bytes as they are. */
  public static final String NONE = "none";

  @Override
  public String key() {
    return key(digest, transform);
  }

  /** {@code digest/transform}. */
  public static String key(String digest, String transform) {
    return digest + "/" + transform;
  }
}
