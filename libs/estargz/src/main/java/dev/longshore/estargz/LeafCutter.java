package dev.longshore.estargz;

import dev.longshore.model.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;

/**
 * Divides the blob into leaves so that an unchanged file keeps its leaf when others change: long
 * files have their own leaves, and only digests of contents decide where the leaves of short ones
 * end. Times, owners and neighbours never move a boundary.
 */
final class LeafCutter {
  /** Approximate bytes of a file's headers; their real size must not matter. */
  private static final int HEADER_WEIGHT = 160;

  /** Multiple of the mean at which a leaf without a boundary is cut: one in 55 would be longer. */
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

  /** Number of bytes of the blob so far. */
  long position() {
    return emitted + held;
  }

  /** A member of headers: belongs to its neighbours. */
  void headers(byte[] member, int offset, int length) throws IOException {
    makeRoom(length);
    put(member, offset, length);
  }

  /**
   * A member of content.
   *
   * @param whole whether it is a whole file, not a piece of one
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

  /** True with probability added / target, so that the mean leaf has the target size. */
  private boolean isBoundary(byte[] digest, int digestAt, long added) {
    int fraction = ByteBuffer.wrap(digest, digestAt, Integer.BYTES).getInt() >>> 1;
    return (long) fraction * settings.leafTargetBytes() < added << FRACTION_BITS;
  }

  /** Ends the current leaf. */
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

  /** Bytes that stay together as far as the largest leaf allows. */
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

  /** Ends the blob and returns its digest. */
  Digest finish() throws IOException {
    cut();
    return Digest.finish(Digest.Algorithm.SHA256, blob);
  }
}
