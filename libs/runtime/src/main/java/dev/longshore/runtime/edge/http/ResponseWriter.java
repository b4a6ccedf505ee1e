package dev.longshore.runtime.edge.http;

import io.netty.buffer.Unpooled;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.internal.buffer.BufferInternal;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

/**
 * The response to one request. Begun once: by the handler, or by the edge when the time is up,
 * whichever comes first.
 */
final class ResponseWriter {
  /** The system drops file pages from memory in runs; a missed hole costs one wait. */
  private static final int SAMPLED = 1 << 20;

  /** The system takes so many bytes of a body at once from a caller's connection that has room. */
  private static final int AT_ONCE = 4096;

  private final HttpServerRequest request;
  private final String id;
  private final Duration stall;
  private final AtomicBoolean begun = new AtomicBoolean();

  ResponseWriter(HttpServerRequest request, String id, Duration stall) {
    this.request = request;
    this.id = id;
    this.stall = stall;
  }

  boolean begun() {
    return begun.get();
  }

  /** The status that was sent; meaningless before that. */
  int status() {
    return request.response().getStatusCode();
  }

  /** A short body may still be on its way when this returns. */
  void send(int status, Map<String, String> headers, byte[] body)
      throws IOException, InterruptedException {
    begin();
    HttpServerResponse response = head(status, headers, body.length);
    Future<Void> ended = headOnly() ? response.end() : response.end(Buffer.buffer(body));
    if (body.length > AT_ONCE) {
      await(ended);
    }
  }

  void stream(int status, Map<String, String> headers, long length, InputStream body)
      throws IOException, InterruptedException {
    // Two arrays: one may be in transit while the other is filled.
    chunks(status, headers, length, new ArrayChunks(body), 1);
  }

  /** Sends the chunks, with a limited number in transit to the caller. */
  void chunks(int status, Map<String, String> headers, long length, ChunkSource body, int underWay)
      throws IOException, InterruptedException {
    if (headOnly()) {
      begin();
      await(head(status, headers, length).end());
      return;
    }
    ChunkSource.Chunk chunk = body.next();
    if (chunk == null && length > 0) {
      throw new IOException("the body is empty (expected: " + length + " bytes)");
    }
    try {
      begin();
    } catch (CallerGone gone) {
      if (chunk != null) {
        chunk.sent();
      }
      throw gone;
    }
    boolean whole = false;
    try {
      HttpServerResponse response = head(status, headers, length);
      response.setChunked(length < 0);
      long sent = 0;
      Deque<Future<Void>> writing = new ArrayDeque<>();
      while (chunk != null) {
        sent += chunk.bytes().remaining();
        if (length >= 0 && sent > length) {
          chunk.sent();
          throw new IOException("the body is longer than the " + length + " bytes announced");
        }
        writing.add(write(response, chunk));
        while (writing.size() > underWay) {
          await(writing.remove());
        }
        chunk = body.next();
      }
      for (Future<Void> each : writing) {
        await(each);
      }
      if (length >= 0 && sent < length) {
        throw new IOException("the body ended after " + sent + " of " + length + " bytes");
      }
      await(response.end());
      whole = true;
    } finally {
      if (!whole) {
        breakOff();
      }
    }
  }

  /** Netty takes the buffer without a copy, and reports when it no longer needs it. */
  private static Future<Void> write(HttpServerResponse response, ChunkSource.Chunk chunk) {
    try {
      return response
          .write(BufferInternal.buffer(Unpooled.wrappedBuffer(chunk.bytes())))
          .onComplete(_ -> chunk.sent());
    } catch (RuntimeException e) {
      chunk.sent();
      throw e;
    }
  }

  void file(int status, Map<String, String> headers, FileChannel file, long offset, long length)
      throws IOException, InterruptedException {
    if (offset + length > file.size()) {
      throw new IOException(
          "the file has %d bytes (expected: %d or more)".formatted(file.size(), offset + length));
    }
    if (headOnly() || !isInMemory(file, offset, length)) {
      // Reading from a disk would block everyone else on the event loop.
      stream(status, headers, length, new FilePart(file, offset, length));
      return;
    }
    begin();
    boolean whole = false;
    try (MeteredFile metered = new MeteredFile(file)) {
      await(head(status, headers, length).sendFile(metered, offset, length), metered::moved);
      whole = true;
    } finally {
      if (!whole) {
        breakOff();
      }
    }
  }

  /** Samples pages: checking all takes as long as sending some percent of them. */
  private static boolean isInMemory(FileChannel file, long offset, long length) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment mapped = file.map(FileChannel.MapMode.READ_ONLY, offset, length, arena);
      for (long at = 0; at < length; at += SAMPLED) {
        if (!mapped.asSlice(at, 1).isLoaded()) {
          return false;
        }
      }
      return length == 0 || mapped.asSlice(length - 1, 1).isLoaded();
    }
  }

  /** Answers with an error unless an answer has begun; never blocks. */
  boolean fail(HttpFailure failure, ErrorBodies errors, boolean close) {
    if (!begun.compareAndSet(false, true)) {
      return false;
    }
    byte[] body = errors.json(failure, id).getBytes(StandardCharsets.UTF_8);
    HttpServerResponse response = head(failure.status(), failure.headers(), body.length);
    response.putHeader(HttpHeaders.CONTENT_TYPE, "application/json");
    if (close) {
      response.putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
    }
    Future<Void> ended = headOnly() ? response.end() : response.end(Buffer.buffer(body));
    if (close) {
      // Vert.x would first wait for the rest of the request.
      var _ = ended.onComplete(_ -> breakOff());
    }
    return true;
  }

  /** Ends the connection without ending the response: the caller sees that bytes are missing. */
  void breakOff() {
    var _ = request.connection().close();
  }

  private void begin() throws CallerGone {
    if (!begun.compareAndSet(false, true)) {
      throw new CallerGone("the request was answered already", null);
    }
  }

  private boolean headOnly() {
    return request.method().name().equals("HEAD");
  }

  private HttpServerResponse head(int status, Map<String, String> headers, long length) {
    HttpServerResponse response = request.response().setStatusCode(status);
    headers.forEach(response::putHeader);
    response.putHeader("X-Request-Id", id);
    response.putHeader("X-Content-Type-Options", "nosniff");
    boolean bodiless = status == 204 || status == 304;
    if (length >= 0 && !bodiless) {
      response.putHeader(HttpHeaders.CONTENT_LENGTH, Long.toString(length));
    }
    return response;
  }

  private void await(Future<Void> written) throws IOException, InterruptedException {
    await(written, () -> 0);
  }

  /**
   * Waits while there is progress.
   *
   * @param taken bytes that the caller has taken so far
   */
  private void await(Future<Void> written, LongSupplier taken)
      throws IOException, InterruptedException {
    CompletableFuture<Void> ended = written.toCompletionStage().toCompletableFuture();
    long before = 0;
    while (true) {
      try {
        var _ = ended.get(stall.toMillis(), TimeUnit.MILLISECONDS);
        return;
      } catch (ExecutionException failed) {
        throw new CallerGone("the caller closed the connection", failed.getCause());
      } catch (TimeoutException late) {
        long now = taken.getAsLong();
        if (now == before) {
          throw new CallerGone("the caller took nothing for " + stall.toMillis() + " ms", late);
        }
        before = now;
      }
    }
  }
}
