package dev.longshore.bench.scale;

import dev.longshore.oci.Descriptor;
import dev.longshore.oci.Digest;
import dev.longshore.oci.MediaType;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.security.DigestOutputStream;
import java.util.SplittableRandom;

/** A layer of any size that is on no disk: it is made while it is sent, no two leaves the same. */
final class GeneratedLayer {
  private static final int LEAF = 262_144;
  private final long seed;
  private final long size;
  private final Descriptor descriptor;

  GeneratedLayer(long seed, long size) throws IOException {
    this.seed = seed;
    this.size = size;
    try (DigestOutputStream hashing =
        new DigestOutputStream(
            OutputStream.nullOutputStream(), Digest.Algorithm.SHA256.newHash())) {
      writeTo(hashing);
      this.descriptor =
          new Descriptor(
              MediaType.OCI_LAYER,
              Digest.finish(Digest.Algorithm.SHA256, hashing.getMessageDigest()),
              size);
    }
  }

  Descriptor descriptor() {
    return descriptor;
  }

  void writeTo(OutputStream out) throws IOException {
    byte[] leaf = new byte[LEAF];
    new SplittableRandom(seed).nextBytes(leaf);
    for (long at = 0; at < size; at += LEAF) {
      ByteBuffer.wrap(leaf).putLong(at);
      out.write(leaf, 0, (int) Math.min(LEAF, size - at));
    }
  }
}
