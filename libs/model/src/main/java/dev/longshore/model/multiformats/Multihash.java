package dev.longshore.model.multiformats;

import java.util.Arrays;
import java.util.Locale;

/** A digest with its hash function (multiformats multihash specification). */
public final class Multihash {
  /** The "digest" is the content itself. */
  public static final long IDENTITY = 0x00;

  public static final long SHA2_256 = 0x12;
  public static final long SHA2_512 = 0x13;

  /** Longest digest to read: identity CIDs up to Kubo's inline limit; SHA2-512 has 64. */
  static final int MAX_DIGEST_BYTES = 120;

  private final long code;
  private final byte[] digest;

  private Multihash(long code, byte[] digest) {
    this.code = code;
    this.digest = digest;
  }

  public static Multihash sha256(byte[] digest) {
    if (digest.length != 32) {
      throw new IllegalArgumentException("sha256: " + digest.length + " bytes (expected: 32)");
    }
    return new Multihash(SHA2_256, digest.clone());
  }

  public static Multihash sha512(byte[] digest) {
    if (digest.length != 64) {
      throw new IllegalArgumentException("sha512: " + digest.length + " bytes (expected: 64)");
    }
    return new Multihash(SHA2_512, digest.clone());
  }

  public static Multihash readFrom(ByteCursor cursor) {
    long code = cursor.varint();
    long length = cursor.varint();
    if (length > MAX_DIGEST_BYTES) {
      throw new IllegalArgumentException(
          "digest of " + length + " bytes (expected: <= " + MAX_DIGEST_BYTES + ")");
    }
    if ((code == SHA2_256 && length != 32) || (code == SHA2_512 && length != 64)) {
      throw new IllegalArgumentException(
          "digest of %d bytes for hash function 0x%x".formatted(length, code));
    }
    return new Multihash(code, cursor.take(length));
  }

  /** Multicodec of the hash function. */
  public long code() {
    return code;
  }

  public byte[] digest() {
    return digest.clone();
  }

  /** Code, length and digest in base32, as in Kubo's block store. */
  public String storeKey() {
    byte[] bytes = new byte[byteLength()];
    writeTo(bytes, 0);
    return Multibase.BASE32.encode(bytes).toUpperCase(Locale.ROOT);
  }

  public int byteLength() {
    return Varint.length(code) + Varint.length(digest.length) + digest.length;
  }

  public void writeTo(byte[] into, int offset) {
    int at = Varint.write(digest.length, into, Varint.write(code, into, offset));
    System.arraycopy(digest, 0, into, at, digest.length);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Multihash that
        && code == that.code
        && Arrays.equals(digest, that.digest);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(digest) * 31 + Long.hashCode(code);
  }
}
