package dev.longshore.estargz;

import dev.longshore.model.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;

/** Identifies the tar in a layer. */
public final class LayerTar {
  private static final int BUFFER = 128 << 10;

  private LayerTar() {}

  /**
   * The digest of the tar, a config's {@code diff_id}.
   *
   * @param layer gzip, zstd or plain tar
   * @param limits of its bytes and compression ratio; entries are not examined
   * @throws EstargzException if it cannot be unpacked, or exceeds a limit
   */
  public static Digest diffId(InputStream layer, EstargzLimits limits) throws IOException {
    MessageDigest hash = Digest.Algorithm.SHA256.newHash();
    byte[] buffer = new byte[BUFFER];
    try (LayerStream tar = LayerStream.of(layer, limits)) {
      for (int n = tar.read(buffer, 0, BUFFER); n >= 0; n = tar.read(buffer, 0, BUFFER)) {
        hash.update(buffer, 0, n);
      }
    }
    return Digest.finish(Digest.Algorithm.SHA256, hash);
  }
}
