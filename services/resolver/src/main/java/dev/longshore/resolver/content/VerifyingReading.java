package dev.longshore.resolver.content;

import dev.longshore.oci.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;

/** Hashes a whole blob on its way to one client and keeps the last bytes until the digest fits. */
final class VerifyingReading implements Reading {
  private final Content content;
  private final InputStream in;
  private final Runnable onWrong;
  private final MessageDigest hash;

  /** Bytes that were hashed and not given out yet; only ever the blob's end. */
  private final byte[] held;

  private int heldFrom;
  private int heldTo;
  private long hashed;
  private boolean verified;

  /**
   * Reads that stream.
   *
   * @param onWrong what to do when the bytes are not the right ones
   */
  VerifyingReading(Content content, InputStream in, Runnable onWrong) {
    this.content = content;
    this.in = in;
    this.onWrong = onWrong;
    this.hash = content.digest().algorithm().newHash();
    this.held = new byte[(int) Math.min(content.size(), Download.HELD_BACK)];
  }

  @Override
  public int read(ByteBuffer into) throws UnavailableException {
    if (!into.hasRemaining()) {
      return 0;
    }
    try {
      long free = content.size() - held.length - hashed;
      if (free > 0) {
        return pass(into, free);
      }
      if (!verified) {
        readEnd();
        verify();
      }
    } catch (IOException e) {
      throw Failures.stopped(content, hashed, e);
    }
    if (heldFrom == heldTo) {
      return -1;
    }
    int n = Math.min(into.remaining(), heldTo - heldFrom);
    into.put(held, heldFrom, n);
    heldFrom += n;
    return n;
  }

  private int pass(ByteBuffer into, long free) throws IOException, UnavailableException {
    int from = into.position();
    int n =
        in.read(into.array(), into.arrayOffset() + from, (int) Math.min(into.remaining(), free));
    if (n < 0) {
      throw wrong("only " + hashed + " of " + content.size() + " bytes came");
    }
    hash.update(into.array(), into.arrayOffset() + from, n);
    into.position(from + n);
    hashed += n;
    return n;
  }

  private void readEnd() throws IOException, UnavailableException {
    heldTo = in.readNBytes(held, 0, held.length);
    hash.update(held, 0, heldTo);
    hashed += heldTo;
    if (hashed < content.size()) {
      throw wrong("only " + hashed + " of " + content.size() + " bytes came");
    }
    if (in.read() >= 0) {
      throw wrong("more than " + content.size() + " bytes came");
    }
  }

  private void verify() throws UnavailableException {
    Digest found = Digest.finish(content.digest().algorithm(), hash);
    if (!found.equals(content.digest())) {
      throw wrong("its bytes hash to " + found);
    }
    verified = true;
  }

  private UnavailableException wrong(String what) {
    onWrong.run();
    return Failures.wrong(content, what);
  }

  @Override
  public void close() {
    Failures.closeQuietly(in);
  }
}
