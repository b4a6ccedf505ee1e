package dev.longshore.converter;

import dev.longshore.model.Digest;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.MediaType;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;

/** A layer of any size that is on no disk: no two leaves of it are the same. */
final class GeneratedLayer {
  private static final int PART = 262_144;
  private static final int PIECE = 4_096;

  private final long size;
  private final Digest digest;

  GeneratedLayer(long size) throws IOException {
    this.size = size;
    MessageDigest hash = Digest.Algorithm.SHA256.newHash();
    writeTo(
        new OutputStream() {
          @Override
          public void write(int b) {
            hash.update((byte) b);
          }

          @Override
          public void write(byte[] bytes, int offset, int length) {
            // In small pieces, or a JVM that has hashed little before takes its slow way for all.
            for (int at = 0; at < length; at += PIECE) {
              hash.update(bytes, offset + at, Math.min(PIECE, length - at));
            }
          }
        },
        () -> {});
    this.digest = Digest.finish(Digest.Algorithm.SHA256, hash);
  }

  Descriptor descriptor() {
    return new Descriptor(MediaType.OCI_LAYER, digest, size);
  }

  void writeTo(OutputStream out, GeneratedRegistry.Interruption atHalf) throws IOException {
    byte[] part = Uploads.bytes(1, PART);
    long half = size / 2 / PART * PART;
    for (long at = 0; at < size; at += PART) {
      if (at == half) {
        atHalf.run();
      }
      ByteBuffer.wrap(part).putLong(at);
      out.write(part, 0, (int) Math.min(PART, size - at));
    }
  }
}
