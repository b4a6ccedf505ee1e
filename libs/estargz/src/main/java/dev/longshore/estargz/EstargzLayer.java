package dev.longshore.estargz;

import dev.longshore.model.Digest;
import java.util.Optional;

/**
 * A written layer. Its media type follows its format, {@code +gzip} or {@code +zstd}, whatever the
 * source's.
 *
 * @param digest of the blob
 * @param size of the blob in bytes
 * @param diffId of the whole decompressed tar, for the config's {@code rootfs.diff_ids}
 * @param tocDigest of the table of contents, for the annotation {@code
 *     containerd.io/snapshot/stargz/toc.digest}
 * @param uncompressedSize of that tar, for {@code io.containers.estargz.uncompressed-size}
 * @param frame the place of the table of contents, in zstd:chunked
 */
public record EstargzLayer(
    Digest digest,
    long size,
    Digest diffId,
    Digest tocDigest,
    long uncompressedSize,
    Optional<Frame> frame) {

  /**
   * The table of contents in its own frame.
   *
   * @param checksum of its packed bytes
   * @param offset their offset in the blob
   * @param packedBytes their number
   * @param rawBytes of the text
   */
  public record Frame(Digest checksum, long offset, long packedBytes, long rawBytes) {
    /** Kind 1 has entries as in eStargz. */
    static final int KIND = 1;

    /** Offset, length, unpacked length and kind, as in descriptors. */
    public String position() {
      return "%d:%d:%d:%d".formatted(offset, packedBytes, rawBytes, KIND);
    }
  }
}
