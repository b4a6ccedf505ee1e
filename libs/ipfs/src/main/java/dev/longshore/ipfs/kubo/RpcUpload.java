package dev.longshore.ipfs.kubo;

import dev.longshore.ipfs.Deadline;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;

/**
 * A call whose body is one file of any length, streamed as chunked multipart/form-data. Failures of
 * the stream are {@link KuboException}s, so that they can be told from failures of its source.
 */
final class RpcUpload extends OutputStream {
  /** A node that takes nothing for this long hangs; a full disk cache is flushed sooner. */
  static final Duration STALL = Duration.ofSeconds(60);

  private static final int CHUNK_BYTES = 256 * 1024;

  /** Length line of a chunk: six hex digits and the line's end. */
  private static final int CHUNK_HEAD = 8;

  private static final String BOUNDARY = "longshore-7d0f5a9c31e24b68";
  private static final byte[] LINE_END = {'\r', '\n'};

  private final RpcExchange exchange;
  private final RpcConnection connection;
  private final OutputStream out;
  private final WriteGuard guard;
  private final Faults faults;
  private final byte[] chunk = new byte[CHUNK_HEAD + CHUNK_BYTES + LINE_END.length];
  private int held;

  RpcUpload(RpcExchange exchange, RpcCall call, Deadline deadline) throws KuboException {
    this.exchange = exchange;
    this.faults = exchange.faults(call);
    this.connection =
        exchange.connect(
            call,
            RpcTiming.until(deadline),
            "Transfer-Encoding: chunked\r\nContent-Type: multipart/form-data; boundary="
                + BOUNDARY);
    try {
      this.out = connection.output();
    } catch (IOException e) {
      throw RpcExchange.closing(connection, faults.broken(e));
    }
    this.guard = new WriteGuard(connection, STALL, deadline);
    text(
        "--"
            + BOUNDARY
            + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"dag.car\"\r\n"
            + "Content-Type: application/octet-stream\r\n\r\n");
  }

  @Override
  public void write(int b) throws KuboException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws KuboException {
    int at = offset;
    int end = offset + length;
    while (at < end) {
      int part = Math.min(end - at, CHUNK_BYTES - held);
      System.arraycopy(bytes, at, chunk, CHUNK_HEAD + held, part);
      held += part;
      at += part;
      if (held == CHUNK_BYTES) {
        sendChunk();
      }
    }
  }

  /** Ends the body and reads the answer, which then owns the connection. */
  RpcAnswer finish() throws KuboException {
    text("\r\n--" + BOUNDARY + "--\r\n");
    sendChunk();
    send("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII), 0, 5);
    try {
      return exchange.answer(connection, faults);
    } catch (KuboException e) {
      throw because(e);
    }
  }

  /** Breaks the upload off unless the answer was read. */
  @Override
  public void close() throws KuboException {
    guard.close();
    try {
      connection.close();
    } catch (IOException e) {
      throw faults.broken(e);
    }
  }

  private void text(String text) throws KuboException {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    write(bytes, 0, bytes.length);
  }

  private void sendChunk() throws KuboException {
    if (held == 0) {
      return;
    }
    byte[] head = "%06x\r\n".formatted(held).getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(head, 0, chunk, 0, CHUNK_HEAD);
    System.arraycopy(LINE_END, 0, chunk, CHUNK_HEAD + held, LINE_END.length);
    send(chunk, 0, CHUNK_HEAD + held + LINE_END.length);
    held = 0;
  }

  private void send(byte[] bytes, int offset, int length) throws KuboException {
    guard.writeBegins();
    try {
      out.write(bytes, offset, length);
    } catch (IOException e) {
      throw because(earlyAnswer(e));
    } finally {
      guard.writeEnds();
    }
  }

  /** A node that refuses an upload says why and hangs up; what it said may still be readable. */
  private KuboException earlyAnswer(IOException e) {
    KuboException broken = faults.broken(e);
    if (guard.struck() != null || broken.fault() == Fault.CANCELLED) {
      return broken;
    }
    try {
      exchange.answer(connection, faults);
      return faults.because(Fault.GARBLED, "success before the upload ended", e);
    } catch (KuboException answered) {
      return answered.status() > 0 ? answered : broken;
    }
  }

  private KuboException because(KuboException e) {
    Fault struck = guard.struck();
    if (struck == null) {
      return e;
    }
    String reason = struck == Fault.STALLED ? "took no bytes for " + STALL : "upload cut off";
    return faults.because(struck, reason, Objects.requireNonNullElse(e.getCause(), e));
  }
}
