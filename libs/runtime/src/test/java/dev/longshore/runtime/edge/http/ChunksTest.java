package dev.longshore.runtime.edge.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.runtime.edge.rights.Scope;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ChunksTest {
  private static final int CHUNK = 200_000;
  private static final int CHUNKS = 40;
  private static final int UNDER_WAY = 2;

  private final byte[] bytes = new byte[CHUNK * CHUNKS];
  private final AtomicInteger out = new AtomicInteger();
  private final AtomicInteger mostOut = new AtomicInteger();
  private final CountDownLatch sent = new CountDownLatch(CHUNKS);

  ChunksTest() {
    new Random(11).nextBytes(bytes);
  }

  /** All chunks up to one, before which it fails. */
  private ChunkSource source(int failing) {
    return new ChunkSource() {
      private int next;

      @Override
      public @Nullable Chunk next() throws IOException {
        if (next == failing) {
          throw new IOException("the digest does not match");
        }
        if (next == CHUNKS) {
          return null;
        }
        ByteBuffer buffer = ByteBuffer.allocateDirect(CHUNK).put(bytes, next * CHUNK, CHUNK).flip();
        next++;
        mostOut.accumulateAndGet(out.incrementAndGet(), Math::max);
        return chunk(buffer);
      }
    };
  }

  private ChunkSource.Chunk chunk(ByteBuffer buffer) {
    return new ChunkSource.Chunk() {
      @Override
      public ByteBuffer bytes() {
        return buffer.duplicate();
      }

      @Override
      public void sent() {
        // Whoever reads it after this sees other bytes.
        buffer.clear();
        while (buffer.hasRemaining()) {
          buffer.put((byte) 0);
        }
        out.decrementAndGet();
        sent.countDown();
      }
    };
  }

  private Route serving(int failing) {
    return Route.reads(
        Scope.HEALTH,
        "/blob",
        ErrorBodies.PLAIN,
        exchange -> exchange.chunks(200, Map.of(), bytes.length, source(failing), UNDER_WAY));
  }

  @Test
  void chunksArriveWholeThoughTheirBuffersAreUsedAgain() throws Exception {
    try (RunningEdge edge = RunningEdge.serving(serving(-1))) {
      assertThat(edge.open("/blob").getInputStream().readAllBytes()).isEqualTo(bytes);
      assertThat(sent.await(30, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(out).hasValue(0);
    // One more than is under way: the one at hand.
    assertThat(mostOut.get()).isLessThanOrEqualTo(UNDER_WAY + 1);
  }

  @Test
  void whatFailsInTheMiddleBreaksTheConnection() throws Exception {
    try (RunningEdge edge = RunningEdge.serving(serving(CHUNKS - 1))) {
      HttpURLConnection connection = edge.open("/blob");
      assertThat(connection.getResponseCode()).isEqualTo(200);
      assertThatThrownBy(() -> connection.getInputStream().readAllBytes())
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void whatFailsBeforeTheFirstChunkIsAnsweredWithAnError() throws Exception {
    try (RunningEdge edge = RunningEdge.serving(serving(0))) {
      assertThat(edge.open("/blob").getResponseCode()).isEqualTo(500);
    }
  }

  @Test
  void aCallerWhoLeavesGivesTheChunksBack() throws Exception {
    CountDownLatch ended = new CountDownLatch(1);
    Route route =
        Route.reads(
            Scope.HEALTH,
            "/blob",
            ErrorBodies.PLAIN,
            exchange -> {
              try {
                exchange.chunks(200, Map.of(), bytes.length, source(-1), UNDER_WAY);
              } finally {
                ended.countDown();
              }
            });
    try (RunningEdge edge = RunningEdge.serving(route)) {
      HttpURLConnection connection = edge.open("/blob");
      assertThat(connection.getInputStream().read()).isNotNegative();
      connection.disconnect();
      assertThat(ended.await(30, TimeUnit.SECONDS)).isTrue();
    }
    // The edge is closed, and with it every connection.
    assertThat(out).hasValue(0);
  }
}
