package dev.longshore.oci;

import dev.longshore.model.Digest;
import java.util.Arrays;

/** The exact bytes of a manifest or index, which its digest covers. Immutable. */
public final class RawManifest {
  private final byte[] bytes;
  private final Digest digest;

  private RawManifest(byte[] bytes) {
    this.bytes = bytes;
    this.digest = Digest.of(bytes);
  }

  /** Keeps a copy of these bytes. */
  public static RawManifest of(byte[] bytes) {
    return new RawManifest(bytes.clone());
  }

  /** A copy of the bytes. */
  public byte[] bytes() {
    return bytes.clone();
  }

  /** The sha256 of the bytes. */
  public Digest digest() {
    return digest;
  }

  /** Bytes. */
  public int size() {
    return bytes.length;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RawManifest that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return digest.hashCode();
  }

  @Override
  public String toString() {
    return digest + " (" + bytes.length + " bytes)";
  }
}
