package dev.longshore.estargz;

import dev.longshore.model.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;

/**
 * Divides the blob into leaves so that a file that did not change keeps its leaf when others did:
 * long files have leaves of their own, and where the leaves of short ones end is decided by digests
 * of contents alone. Neither times nor owners nor neighbours move a boundary.
 */
final class LeafCutter {
  /** Bytes that a file's headers take, about; their real size must not decide. */
  private static final int HEADER_WEIGHT = 160;

  /** A leaf without a boundary for so many times the mean is cut: one of 55 would be longer. */
  private static final int LONGEST_LEAF = 4;

  private static final int FRACTION_BITS = 31;

  private final EstargzSettings settings;
  private final LeafSink out;
  private final MessageDigest blob = Digest.Algorithm.SHA256.newHash();
  private final byte[] leaf = new byte[LeafSink.MAX_LEAF_BYTES];
  private int held;
  private long weight;
  private long emitted;

  LeafCutter(EstargzSettings settings, LeafSink out) {
    this.settings = settings;
    this.out = out;
  }

  /** Bytes of the blob so far. */
  long position() {
    return emitted + held;
  }

  /** A member of headers: belongs to what comes before and after. */
  void headers(byte[] member, int offset, int length) throws IOException {
    makeRoom(length);
    put(member, offset, length);
  }

  /**
   * A member of content.
   *
   * @param whole whether it is all of a file, and no piece of a longer one
   * @param digest of the content, where it starts
   */
  void content(byte[] member, int offset, int length, boolean whole, byte[] digest, int digestAt)
      throws IOException {
    if (!whole || length >= settings.leafThresholdBytes()) {
      cut();
      put(member, offset, length);
      cut();
      return;
    }
    makeRoom(length);
    put(member, offset, length);
    long added = (long) length + HEADER_WEIGHT;
    weight += added;
    if (weight >= (long) LONGEST_LEAF * settings.leafTargetBytes()
        || isBoundary(digest, digestAt, added)) {
      cut();
    }
  }

  /** True with a chance of added / target, so that leaves have the target as their mean. */
  private boolean isBoundary(byte[] digest, int digestAt, long added) {
    int fraction = ByteBuffer.wrap(digest, digestAt, Integer.BYTES).getInt() >>> 1;
    return (long) fraction * settings.leafTargetBytes() < added << FRACTION_BITS;
  }

  /** Ends the leaf at hand. */
  void cut() throws IOException {
    if (held > 0) {
      emit(leaf, 0, held);
      held = 0;
    }
    weight = 0;
  }

  private void makeRoom(int length) throws IOException {
    if (held + length > leaf.length) {
      cut();
    }
  }

  /** Bytes that stay together as far as a leaf's greatest size allows. */
  void put(byte[] bytes, int offset, int length) throws IOException {
    int at = offset;
    int end = offset + length;
    while (at < end) {
      int part = Math.min(end - at, leaf.length - held);
      if (part == leaf.length) {
        emit(bytes, at, part);
      } else {
        System.arraycopy(bytes, at, leaf, held, part);
        held += part;
        if (held == leaf.length) {
          emit(leaf, 0, held);
          held = 0;
        }
      }
      at += part;
    }
  }

  private void emit(byte[] bytes, int offset, int length) throws IOException {
    blob.update(bytes, offset, length);
    emitted += length;
    out.leaf(bytes, offset, length);
  }

  /** Ends the blob; its digest. */
  Digest finish() throws IOException {
    cut();
    return Digest.finish(Digest.Algorithm.SHA256, blob);
  }
}
