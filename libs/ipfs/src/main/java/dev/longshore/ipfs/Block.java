package dev.longshore.ipfs;

import dev.longshore.model.Cid;
import dev.longshore.model.multiformats.Multihash;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** Bytes with a claimed CID, unverified until {@link #verify} returns. */
public final class Block {
  /** Largest block that peers exchange: 2 MiB (Bitswap specification; Kubo's soft limit). */
  public static final int MAX_BYTES = 2 * 1024 * 1024;

  private final Cid cid;
  private final byte[] bytes;

  private Block(Cid cid, byte[] bytes) {
    this.cid = cid;
    this.bytes = bytes;
  }

  /**
   * Checks size and hash. Keeps the array without a copy: the caller must not change it afterwards.
   *
   * @throws BadBlockException when either is wrong
   */
  public static Block verify(Cid cid, byte[] bytes) {
    requireSize(cid, bytes.length);
    if (!matches(cid.multihash(), bytes)) {
      throw new BadBlockException(
          "block %s: its %d bytes have another hash".formatted(cid, bytes.length));
    }
    return new Block(cid, bytes);
  }

  /**
   * Refuses a length that no peer would take.
   *
   * @throws BadBlockException when it is over {@link #MAX_BYTES}
   */
  public static void requireSize(Cid cid, long length) {
    if (length > MAX_BYTES) {
      throw new BadBlockException(
          "block %s: %d bytes (expected: <= %d)".formatted(cid, length, MAX_BYTES));
    }
  }

  private static boolean matches(Multihash hash, byte[] bytes) {
    return MessageDigest.isEqual(
        hash.digest(), hash.code() == Multihash.IDENTITY ? bytes : function(hash).digest(bytes));
  }

  private static MessageDigest function(Multihash hash) {
    try {
      if (hash.code() == Multihash.SHA2_256) {
        return MessageDigest.getInstance("SHA-256");
      }
      if (hash.code() == Multihash.SHA2_512) {
        return MessageDigest.getInstance("SHA-512");
      }
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this JDK lacks SHA-2", e);
    }
    throw new BadBlockException(
        "hash function 0x%x is not supported (expected: sha2-256, sha2-512 or identity)"
            .formatted(hash.code()));
  }

  public Cid cid() {
    return cid;
  }

  /** The block's own array, not a copy. */
  public byte[] bytes() {
    return bytes;
  }

  public int size() {
    return bytes.length;
  }

  @Override
  public String toString() {
    return "Block[" + cid + ", " + bytes.length + " bytes]";
  }
}
