package dev.longshore.containerd;

import dev.longshore.api.containerd.content.ReadContentResponse;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.RegistryException.Attempt;
import dev.longshore.oci.RegistryException.Kind;
import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A content as a stream; containerd sends the next piece when the last one was read. */
final class ContentStream extends InputStream {
  /** Time without a byte after which the disk counts as broken. */
  private static final Duration STALL_LIMIT = Duration.ofSeconds(30);

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
  private final BlockingClientCall<?, ReadContentResponse> call;
  private final Attempt attempt;
  private ByteBuffer piece = NOTHING;
  private boolean ended;

  ContentStream(BlockingClientCall<?, ReadContentResponse> call, Attempt attempt) {
    this.call = call;
    this.attempt = attempt;
  }

  @Override
  public int read() throws RegistryException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] buffer, int from, int length) throws RegistryException {
    Objects.checkFromIndexSize(from, length, buffer.length);
    if (length == 0) {
      return 0;
    }
    while (!piece.hasRemaining()) {
      if (ended || !next()) {
        return -1;
      }
    }
    int count = Math.min(length, piece.remaining());
    piece.get(buffer, from, count);
    return count;
  }

  @Override
  public int available() {
    return piece.remaining();
  }

  private boolean next() throws RegistryException {
    try {
      ReadContentResponse arrived = call.read(STALL_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
      ended = arrived == null;
      piece = arrived == null ? NOTHING : arrived.getData().asReadOnlyByteBuffer();
      return !ended;
    } catch (StatusException e) {
      throw Statuses.failed(attempt, e);
    } catch (TimeoutException e) {
      throw attempt.failed(Kind.TRANSIENT, "nothing came for " + STALL_LIMIT, e);
    } catch (InterruptedException e) {
      throw attempt.interrupted();
    }
  }

  @Override
  public void close() {
    if (!ended) {
      ended = true;
      call.cancel("no more of it is needed", null);
    }
    piece = NOTHING;
  }
}
