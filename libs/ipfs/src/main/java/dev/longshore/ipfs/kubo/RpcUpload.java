package dev.longshore.ipfs.kubo;

import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.node.Fault;
import dev.longshore.ipfs.node.KuboException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HeaderElements;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.impl.io.ChunkedOutputStream;
import org.apache.hc.core5.http.impl.io.SessionOutputBufferImpl;
import org.apache.hc.core5.http.message.BasicHeader;

/**
 * A call whose body is files of any length, mostly one, streamed as chunked multipart/form-data.
 * Failures of the stream are {@link KuboException}s, which distinguishes them from failures of its
 * source.
 */
final class RpcUpload extends OutputStream {
  /** A node that reads nothing for this long hangs; flushing a full disk cache takes less. */
  static final Duration STALL = Duration.ofSeconds(60);

  private static final int CHUNK_BYTES = 128 * 1024;

  /** Bytes around each chunk. */
  private static final int LINE_BYTES = 64;

  private static final String BOUNDARY = "longshore-7d0f5a9c31e24b68";

  private static final String HEAD =
      """
      \r
      Content-Disposition: form-data; name="file"; filename="dag.car"\r
      Content-Type: application/octet-stream\r
      \r
      """;

  private final Duration stall;
  private final RpcExchange exchange;
  private final RpcConnection connection;
  private final ChunkedOutputStream body;
  private final WriteGuard guard;
  private final Faults faults;

  RpcUpload(RpcExchange exchange, RpcCall call, Deadline deadline) throws KuboException {
    this(exchange, call, deadline, STALL);
  }

  RpcUpload(RpcExchange exchange, RpcCall call, Deadline deadline, Duration stall)
      throws KuboException {
    this(exchange, call, deadline, deadline.remaining(), stall, false);
  }

  /**
   * An upload whose time begins when the node reads it: before, the node may wait for a lock, while
   * its sockets fill up.
   *
   * @param begun deadline for the first read
   * @param limit time limit from then on
   */
  static RpcUpload onceRead(RpcExchange exchange, RpcCall call, Deadline begun, Duration limit)
      throws KuboException {
    return new RpcUpload(exchange, call, begun, limit, STALL, true);
  }

  private RpcUpload(
      RpcExchange exchange,
      RpcCall call,
      Deadline deadline,
      Duration limit,
      Duration stall,
      boolean onceRead)
      throws KuboException {
    this.stall = stall;
    this.exchange = exchange;
    this.faults = exchange.faults(call);
    List<Header> framing = new ArrayList<>();
    framing.add(new BasicHeader(HttpHeaders.TRANSFER_ENCODING, "chunked"));
    framing.add(
        new BasicHeader(HttpHeaders.CONTENT_TYPE, "multipart/form-data; boundary=" + BOUNDARY));
    if (onceRead) {
      framing.add(new BasicHeader(HttpHeaders.EXPECT, HeaderElements.CONTINUE));
    }
    this.connection =
        exchange.connect(call, RpcTiming.until(deadline), framing.toArray(Header[]::new));
    try {
      if (onceRead && !connection.isAsked()) {
        exchange.answer(connection, faults);
        throw faults.because(Fault.GARBLED, "success before the upload began");
      }
      this.body =
          new ChunkedOutputStream(
              new SessionOutputBufferImpl(LINE_BYTES), connection.output(), CHUNK_BYTES);
    } catch (KuboException e) {
      RpcExchange.close(connection, e);
      throw e;
    } catch (IOException e) {
      KuboException broken = faults.broken(e);
      RpcExchange.close(connection, broken);
      throw broken;
    }
    this.guard = new WriteGuard(connection, stall, deadline.within(limit));
    text("--" + BOUNDARY + HEAD);
  }

  /** Ends a file and begins another one. */
  void nextFile() throws KuboException {
    text("\r\n--" + BOUNDARY + HEAD);
  }

  @Override
  public void write(int b) throws KuboException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws KuboException {
    // In parts, each with the stall's time limit.
    int end = offset + length;
    for (int at = offset; at < end; at += CHUNK_BYTES) {
      int from = at;
      send(() -> body.write(bytes, from, Math.min(end - from, CHUNK_BYTES)));
    }
  }

  /** Ends the body and reads the answer, which then owns the connection. */
  RpcAnswer finish() throws KuboException {
    text("\r\n--" + BOUNDARY + "--\r\n");
    send(
        () -> {
          body.finish();
          body.flush();
        });
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

  private interface Sending {
    void run() throws IOException;
  }

  private void send(Sending sending) throws KuboException {
    guard.writeBegins();
    try {
      sending.run();
    } catch (IOException e) {
      throw because(earlyAnswer(e));
    } finally {
      guard.writeEnds();
    }
  }

  /** A node that refuses an upload answers and hangs up; the answer may still be readable. */
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
    String reason = struck == Fault.STALLED ? "took no bytes for " + stall : "upload cut off";
    return faults.because(struck, reason, Objects.requireNonNullElse(e.getCause(), e));
  }
}
