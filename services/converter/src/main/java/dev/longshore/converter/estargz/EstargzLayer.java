package dev.longshore.converter.estargz;

import dev.longshore.oci.Digest;

/**
 * A written layer. Its media type is the {@code +gzip} one, whatever the source's was.
 *
 * @param digest of the blob
 * @param size of the blob in bytes
 * @param diffId of the whole decompressed tar, for the config's {@code rootfs.diff_ids}
 * @param tocDigest of the table of contents, for the annotation {@code
 *     containerd.io/snapshot/stargz/toc.digest}
 * @param uncompressedSize of that tar, for {@code io.containers.estargz.uncompressed-size}
 */
public record EstargzLayer(
    Digest digest, long size, Digest diffId, Digest tocDigest, long uncompressedSize) {}
