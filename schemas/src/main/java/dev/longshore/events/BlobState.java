package dev.longshore.events;

import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import dev.longshore.model.PeerName;
import dev.longshore.model.RepositoryName;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a blob was stored: a hint that saves reading it again, never proof that its blocks are
 * there.
 *
 * @param digest digest of the source blob
 * @param transform {@link #NONE}, or the transform's own key
 * @param cid CID of the UnixFS file
 * @param size bytes of the file
 * @param dagSize bytes of its blocks (Tsize)
 * @param blocks number of its blocks
 * @param ingestPeer configured name of the peer that it was written to
 * @param storedAt converter's clock
 * @param made the result of a transform; null for unchanged bytes
 * @param tookMillis milliseconds from the request to the source until the last block arrived; null
 *     if not measured, as in the first releases
 * @param source where it was read; null if not recorded, as in the first releases
 */
public record BlobState(
    Digest digest,
    String transform,
    Cid cid,
    long size,
    long dagSize,
    long blocks,
    PeerName ingestPeer,
    Instant storedAt,
    @Nullable Made made,
    @Nullable Long tookMillis,
    @Nullable RepositoryName source)
    implements State {

  /** The blob's unchanged bytes. */
  public static final String NONE = "none";

  /** The bytes as they are. */
  public BlobState(
      Digest digest,
      String transform,
      Cid cid,
      long size,
      long dagSize,
      long blocks,
      PeerName ingestPeer,
      Instant storedAt) {
    this(digest, transform, cid, size, dagSize, blocks, ingestPeer, storedAt, null, null, null);
  }

  /**
   * The description of a layer that a transform wrote, so that it need not be written again.
   *
   * @param digest digest of the file's bytes
   * @param diffId digest of its tar, if it differs from the source layer's
   * @param annotations further annotations of its descriptor, such as the digest of a table of
   *     contents or wrapped keys
   */
  public record Made(Digest digest, @Nullable Digest diffId, List<Annotation> annotations) {
    public Made {
      annotations = List.copyOf(annotations);
    }
  }

  /** An annotation of a layer's descriptor. */
  public record Annotation(String name, String value) {}

  @Override
  public String key() {
    return key(digest, transform);
  }

  /** {@code digest/transform}. */
  public static String key(Digest digest, String transform) {
    return digest + "/" + transform;
  }
}
