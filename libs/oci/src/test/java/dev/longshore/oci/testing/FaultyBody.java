package dev.longshore.oci.testing;

import dev.longshore.oci.RegistryException;
import dev.longshore.oci.RegistryException.Answer;
import dev.longshore.oci.RegistryException.Attempt;
import dev.longshore.oci.RegistryException.Kind;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Plays faults as the registry client reports them. */
final class FaultyBody {
  /** No test holds a request this long. */
  private static final long GATE_SECONDS = 60;

  private FaultyBody() {}

  /** Plays a fault of a call without a body; what concerns bodies counts as a broken connection. */
  static void before(Fault fault, Attempt attempt) throws RegistryException {
    switch (fault) {
      case Fault.Status status -> throw failed(status, attempt);
      case Fault.Held held -> await(held, attempt);
      case Fault.Garbage garbage -> throw attempt.failed(Kind.BAD_CONTENT, "the answer is garbage");
      case Fault.Page page -> throw page(attempt);
      case Fault.CutAfter cut -> throw attempt.failed(Kind.TRANSIENT, "connection reset");
      case Fault.WrongByte wrong -> throw attempt.failed(Kind.BAD_CONTENT, "the answer is damaged");
    }
  }

  static byte[] bytes(byte[] body, Fault fault, Attempt attempt) throws RegistryException {
    return switch (fault) {
      case Fault.Status status -> throw failed(status, attempt);
      case Fault.Held held -> {
        await(held, attempt);
        yield body;
      }
      case Fault.Garbage garbage -> "<html>".getBytes(StandardCharsets.US_ASCII);
      case Fault.Page page -> throw page(attempt);
      case Fault.CutAfter cut -> throw attempt.failed(Kind.TRANSIENT, "connection reset");
      case Fault.WrongByte wrong -> damaged(body);
    };
  }

  static InputStream stream(ByteArrayInputStream body, Fault fault, Attempt attempt)
      throws RegistryException {
    return switch (fault) {
      case Fault.Status status -> throw failed(status, attempt);
      case Fault.Held held -> {
        await(held, attempt);
        yield body;
      }
      case Fault.Page page -> throw page(attempt);
      case Fault.Garbage garbage -> new ByteArrayInputStream(filled(body.available()));
      case Fault.WrongByte wrong -> new ByteArrayInputStream(damaged(body.readAllBytes()));
      case Fault.CutAfter cut -> new Cut(body, cut.bytes(), attempt);
    };
  }

  private static RegistryException page(Attempt attempt) {
    return attempt.failed(Kind.TRANSIENT, "a web page came");
  }

  private static RegistryException failed(Fault.Status status, Attempt attempt) {
    Kind kind =
        switch (status.code()) {
          case 401, 403 -> Kind.UNAUTHORIZED;
          case 404 -> Kind.NOT_FOUND;
          case 405 -> Kind.UNSUPPORTED;
          default -> Kind.TRANSIENT;
        };
    return attempt.failed(
        kind, "on demand", new Answer(status.code(), List.of(), status.retryAfter()));
  }

  private static void await(Fault.Held held, Attempt attempt) throws RegistryException {
    try {
      if (!held.gate().await(GATE_SECONDS, TimeUnit.SECONDS)) {
        throw attempt.failed(Kind.TRANSIENT, "the test never opened the gate");
      }
    } catch (InterruptedException e) {
      throw attempt.interrupted();
    }
  }

  static byte[] damaged(byte[] body) {
    byte[] damaged = body.clone();
    if (damaged.length > 0) {
      damaged[damaged.length / 2] ^= 1;
    }
    return damaged;
  }

  private static byte[] filled(int length) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) '?');
    return bytes;
  }

  private static final class Cut extends FilterInputStream {
    private final Attempt attempt;
    private int left;

    Cut(InputStream in, int left, Attempt attempt) {
      super(in);
      this.left = left;
      this.attempt = attempt;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] buffer, int from, int length) throws IOException {
      if (left == 0) {
        throw attempt.failed(Kind.TRANSIENT, "connection reset");
      }
      int count = super.read(buffer, from, Math.min(length, left));
      left -= Math.max(0, count);
      return count;
    }
  }
}
