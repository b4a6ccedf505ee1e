package dev.longshore.resolver.content;

import dev.longshore.ipfs.IpfsDataException;
import dev.longshore.oci.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;

/** Hashes a whole blob on its way to one client and keeps the last bytes until the digest fits. */
final class VerifyingStream extends InputStream {
  /** Hears what all bytes together were found to be; nothing if they never came. */
  interface Outcome {
    /** For bytes that nobody keeps. */
    Outcome UNHEARD =
        new Outcome() {
          @Override
          public void right() {}

          @Override
          public void wrong() {}
        };

    void right();

    void wrong();
  }

  private final Content content;
  private final InputStream in;
  private final Outcome outcome;
  private final Runnable onClose;
  private final MessageDigest hash;

  /** The blob's last bytes, given out when all of it was found to be right. */
  private final byte[] held;

  private long hashed;
  private int given;
  private boolean verified;
  private boolean closed;

  /**
   * @param outcome is told once what the bytes were found to be
   * @param onClose what to do once when it is closed
   */
  VerifyingStream(Content content, InputStream in, Outcome outcome, Runnable onClose) {
    this.content = content;
    this.in = in;
    this.outcome = outcome;
    this.onClose = onClose;
    this.hash = content.digest().algorithm().newHash();
    this.held = new byte[(int) Math.min(content.size(), Download.HELD_BACK)];
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    try {
      long free = content.size() - held.length - hashed;
      if (free > 0) {
        return pass(into, offset, (int) Math.min(length, free));
      }
      if (!verified) {
        verify();
      }
    } catch (IpfsDataException e) {
      throw wrong(String.valueOf(e.getMessage()));
    } catch (IOException e) {
      throw Failures.stopped(content, hashed, e);
    }
    if (given == held.length) {
      return -1;
    }
    int n = Math.min(length, held.length - given);
    System.arraycopy(held, given, into, offset, n);
    given += n;
    return n;
  }

  private int pass(byte[] into, int offset, int length) throws IOException {
    int n = in.read(into, offset, length);
    if (n < 0) {
      throw wrong("only " + hashed + " bytes came");
    }
    hash.update(into, offset, n);
    hashed += n;
    return n;
  }

  private void verify() throws IOException {
    int n = in.readNBytes(held, 0, held.length);
    hash.update(held, 0, n);
    hashed += n;
    if (n < held.length) {
      throw wrong("only " + hashed + " bytes came");
    }
    if (in.read() >= 0) {
      throw wrong("more than " + content.size() + " bytes came");
    }
    Digest found = Digest.finish(content.digest().algorithm(), hash);
    if (!found.equals(content.digest())) {
      throw wrong("its bytes hash to " + found);
    }
    verified = true;
    outcome.right();
  }

  private UnavailableException wrong(String what) {
    outcome.wrong();
    return Failures.wrong(content, what);
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      Failures.closeQuietly(in);
      onClose.run();
    }
  }
}
