package dev.longshore.runtime.edge.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.runtime.edge.rights.Scope;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class StreamedAnswerTest {
  private static final int SIZE = 3 * ArrayChunks.CHUNK + 17;
  private static final byte[] BYTES = bytes();

  private static byte[] bytes() {
    byte[] bytes = new byte[SIZE];
    new SplittableRandom(5).nextBytes(bytes);
    return bytes;
  }

  /** The bytes up to a place, and then a failure. */
  private static InputStream failingAt(int place) {
    InputStream until = new ByteArrayInputStream(BYTES, 0, place);
    return new InputStream() {
      @Override
      public int read() throws IOException {
        throw new IOException("read in pieces");
      }

      @Override
      public int read(byte[] into, int offset, int length) throws IOException {
        int read = until.read(into, offset, length);
        if (read < 0) {
          throw new IOException("the digest does not match");
        }
        return read;
      }
    };
  }

  private static Route serving(long announced, InputStream body) {
    return Route.reads(
        Scope.HEALTH,
        "/blob",
        ErrorBodies.PLAIN,
        exchange ->
            exchange.stream(
                200, Map.of("Content-Type", "application/octet-stream"), announced, body));
  }

  private static void assertBreaks(HttpURLConnection connection) {
    assertThatThrownBy(() -> connection.getInputStream().readAllBytes())
        .isInstanceOf(IOException.class)
        .isNotInstanceOf(SocketTimeoutException.class);
  }

  @Test
  void aBodyArrivesWhole() throws Exception {
    try (RunningEdge edge = RunningEdge.serving(serving(SIZE, new ByteArrayInputStream(BYTES)))) {
      HttpURLConnection connection = edge.open("/blob");
      assertThat(connection.getInputStream().readAllBytes()).isEqualTo(BYTES);
      assertThat(connection.getContentLength()).isEqualTo(SIZE);
    }
  }

  @Test
  void aBodyOfUnknownLengthArrivesWhole() throws Exception {
    try (RunningEdge edge = RunningEdge.serving(serving(-1, new ByteArrayInputStream(BYTES)))) {
      assertThat(edge.open("/blob").getInputStream().readAllBytes()).isEqualTo(BYTES);
    }
  }

  @Test
  void headTellsTheLengthAndDoesNotTouchTheStream() throws Exception {
    try (RunningEdge edge = RunningEdge.serving(serving(SIZE, failingAt(0)))) {
      HttpURLConnection head = edge.open("/blob");
      head.setRequestMethod("HEAD");
      assertThat(head.getResponseCode()).isEqualTo(200);
      assertThat(head.getContentLength()).isEqualTo(SIZE);
    }
  }

  @Test
  void whatFailsBeforeTheFirstChunkIsStillAnsweredWithAnError() throws Exception {
    try (RunningEdge edge = RunningEdge.serving(serving(SIZE, failingAt(1000)))) {
      assertThat(edge.open("/blob").getResponseCode()).isEqualTo(500);
    }
    try (RunningEdge edge = RunningEdge.serving(serving(SIZE, InputStream.nullInputStream()))) {
      assertThat(edge.open("/blob").getResponseCode()).isEqualTo(500);
    }
  }

  @Test
  void whatFailsInTheMiddleBreaksTheConnection() throws Exception {
    try (RunningEdge edge = RunningEdge.serving(serving(SIZE, failingAt(SIZE - 1)))) {
      HttpURLConnection connection = edge.open("/blob");
      assertThat(connection.getResponseCode()).isEqualTo(200);
      assertBreaks(connection);
    }
  }

  @Test
  void aHandlerThatKeepsTheFailureToItselfDoesNotMendTheConnection() throws Exception {
    CompletableFuture<IOException> kept = new CompletableFuture<>();
    Route route =
        Route.at(
            Scope.HEALTH,
            "GET",
            "/blob",
            exchange -> {
              try {
                exchange.stream(200, Map.of(), SIZE, failingAt(SIZE - 1));
              } catch (IOException failure) {
                kept.complete(failure);
              }
            });
    try (RunningEdge edge = RunningEdge.serving(route)) {
      HttpURLConnection connection = edge.open("/blob");
      assertBreaks(connection);
      assertThat(kept.get(10, TimeUnit.SECONDS)).hasMessage("the digest does not match");
    }
  }

  @Test
  void aChunkedBodyThatFailsHasNoEnd() throws Exception {
    try (RunningEdge edge = RunningEdge.serving(serving(-1, failingAt(SIZE - 1)))) {
      HttpURLConnection connection = edge.open("/blob");
      assertBreaks(connection);
    }
  }

  @Test
  void aBodyOfAnotherLengthThanAnnouncedBreaksTheConnection() throws Exception {
    for (int announced : new int[] {SIZE + 1, 2 * SIZE}) {
      try (RunningEdge edge =
          RunningEdge.serving(serving(announced, new ByteArrayInputStream(BYTES)))) {
        HttpURLConnection connection = edge.open("/blob");
        assertBreaks(connection);
      }
    }
    // Here the caller must never see as many bytes as announced, however wrong they are.
    try (RunningEdge edge =
            RunningEdge.serving(serving(SIZE - 1, new ByteArrayInputStream(BYTES)));
        Socket socket = edge.raw("GET /blob HTTP/1.1", "Host: x")) {
      String received =
          new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
      assertThat(received).startsWith("HTTP/1.1 200 ");
      assertThat(received.length() - received.indexOf("\r\n\r\n") - 4).isLessThan(SIZE - 1);
    }
  }

  @Test
  void aSlowCallerHoldsTheSourceBack() throws Exception {
    long size = 1L << 30;
    AtomicLong read = new AtomicLong();
    InputStream endless =
        new InputStream() {
          @Override
          public int read() {
            read.incrementAndGet();
            return 0;
          }

          @Override
          public int read(byte[] into, int offset, int length) {
            read.addAndGet(length);
            return length;
          }
        };
    CompletableFuture<Throwable> outcome = new CompletableFuture<>();
    CountDownLatch began = new CountDownLatch(1);
    Route route =
        Route.at(
            Scope.HEALTH,
            "GET",
            "/blob",
            exchange -> {
              began.countDown();
              try {
                exchange.stream(200, Map.of(), size, endless);
              } catch (IOException cutOff) {
                outcome.complete(cutOff);
                throw cutOff;
              }
            });
    try (RunningEdge edge =
        RunningEdge.with(
            options -> options.withTimes(Duration.ofSeconds(20), Duration.ofMillis(300)), route)) {
      try (Socket socket = edge.raw("GET /blob HTTP/1.1", "Host: x")) {
        assertThat(began.await(10, TimeUnit.SECONDS)).isTrue();
        // The caller reads nothing: what was read from the source fits the sockets' buffers.
        assertThat(outcome.get(20, TimeUnit.SECONDS))
            .isInstanceOf(CallerGone.class)
            .hasMessage("the caller took nothing for 300 ms");
        assertThat(read.get()).isLessThan(32L << 20);
        assertThat(socket.isClosed()).isFalse();
      }
    }
  }
}
