package dev.longshore.oci.source;

import dev.longshore.model.Digest;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.RegistryException.Attempt;
import dev.longshore.oci.RegistryException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Returns exactly the declared number of bytes. Before the last of them it checks the digest, and
 * throws, from then on always, if it differs: a reader never gets the last bytes of wrong content.
 * Never reads past the declared size.
 */
final class VerifyingInputStream extends InputStream {
  private final InputStream in;
  private final Descriptor expected;
  private final Attempt attempt;
  private final MessageDigest hash;
  private final boolean whole;
  private long remaining;
  private @Nullable RegistryException failure;

  VerifyingInputStream(InputStream in, Descriptor expected, long offset, Attempt attempt) {
    if (offset < 0 || offset > expected.size()) {
      throw new IllegalArgumentException(
          "offset: " + offset + " (expected: 0 to " + expected.size() + ")");
    }
    this.in = in;
    this.expected = expected;
    this.attempt = attempt;
    this.hash = expected.digest().algorithm().newHash();
    this.whole = offset == 0;
    this.remaining = expected.size() - offset;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] buffer, int from, int length) throws IOException {
    Objects.checkFromIndexSize(from, length, buffer.length);
    if (failure != null) {
      throw failure;
    }
    if (remaining == 0) {
      if (expected.size() == 0) {
        check();
      }
      return -1;
    }
    if (length == 0) {
      return 0;
    }
    int count = in.read(buffer, from, (int) Math.min(length, remaining));
    if (count < 0) {
      throw fail(Kind.TRANSIENT, "the content ends " + remaining + " bytes early");
    }
    remaining -= count;
    if (whole) {
      hash.update(buffer, from, count);
      if (remaining == 0) {
        check();
      }
    }
    return count;
  }

  private void check() throws RegistryException {
    if (whole) {
      Digest found = Digest.finish(expected.digest().algorithm(), hash);
      if (!found.equals(expected.digest())) {
        throw fail(Kind.BAD_CONTENT, "the content has digest " + found);
      }
    }
  }

  private RegistryException fail(Kind kind, String reason) {
    failure = attempt.failed(kind, reason);
    return failure;
  }

  @Override
  public int available() throws IOException {
    return (int) Math.min(in.available(), remaining);
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
