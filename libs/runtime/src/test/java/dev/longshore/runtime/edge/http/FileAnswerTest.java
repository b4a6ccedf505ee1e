package dev.longshore.runtime.edge.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.runtime.edge.rights.Scope;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.Socket;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class FileAnswerTest {
  /** More than the buffers of both sockets hold. */
  private static final int SIZE = 64 << 20;

  private final byte[] bytes = new byte[SIZE];
  private final CompletableFuture<IOException> failure = new CompletableFuture<>();
  @TempDir Path folder;
  private Path file = Path.of("");

  @BeforeEach
  void write() throws IOException {
    new SplittableRandom(7).nextBytes(bytes);
    file = Files.write(folder.resolve("blob"), bytes);
  }

  private Route serving(long offset, long length) {
    return Route.reads(
        Scope.HEALTH,
        "/blob",
        ErrorBodies.PLAIN,
        exchange -> {
          try (FileChannel channel = FileChannel.open(file)) {
            exchange.file(200, Map.of(), channel, offset, length);
          } catch (IOException e) {
            failure.complete(e);
            throw e;
          }
        });
  }

  @Test
  void aFileArrivesWholeAndTheConnectionServesTheNextRequest() throws Exception {
    try (RunningEdge edge = RunningEdge.serving(serving(0, SIZE))) {
      for (int i = 0; i < 2; i++) {
        HttpURLConnection connection = edge.open("/blob");
        assertThat(connection.getInputStream().readAllBytes()).isEqualTo(bytes);
        assertThat(connection.getContentLength()).isEqualTo(SIZE);
      }
    }
  }

  @Test
  void aPartOfAFileIsThatPart() throws Exception {
    try (RunningEdge edge = RunningEdge.serving(serving(1000, 70_000))) {
      assertThat(edge.open("/blob").getInputStream().readAllBytes())
          .isEqualTo(Arrays.copyOfRange(bytes, 1000, 71_000));
    }
    try (RunningEdge edge = RunningEdge.serving(serving(SIZE, 0))) {
      assertThat(edge.open("/blob").getInputStream().readAllBytes()).isEmpty();
    }
  }

  @Test
  void headTellsTheLengthAlone() throws Exception {
    try (RunningEdge edge = RunningEdge.serving(serving(0, SIZE))) {
      HttpURLConnection head = edge.open("/blob");
      head.setRequestMethod("HEAD");
      assertThat(head.getResponseCode()).isEqualTo(200);
      assertThat(head.getContentLength()).isEqualTo(SIZE);
    }
  }

  @Test
  void aFileThatIsShorterThanAnnouncedBreaksTheConnection() throws Exception {
    try (RunningEdge edge = RunningEdge.serving(serving(0, SIZE + 1L))) {
      assertThatThrownBy(() -> edge.open("/blob").getInputStream().readAllBytes())
          .isInstanceOf(IOException.class);
      assertThat(failure.get(20, TimeUnit.SECONDS)).isNotNull();
    }
  }

  @Test
  void aCallerWhoTakesNothingIsCutOff() throws Exception {
    try (RunningEdge edge =
            RunningEdge.with(
                options -> options.withTimes(Duration.ofSeconds(20), Duration.ofMillis(300)),
                serving(0, SIZE));
        Socket socket = edge.raw("GET /blob HTTP/1.1", "Host: x")) {
      assertThat(failure.get(20, TimeUnit.SECONDS))
          .isInstanceOf(CallerGone.class)
          .hasMessage("the caller took nothing for 300 ms");
      assertThat(socket.isClosed()).isFalse();
    }
  }

  @Test
  void aSlowCallerGetsAllOfItHoweverLongItTakes() throws Exception {
    Duration stall = Duration.ofMillis(1_500);
    try (RunningEdge edge =
        RunningEdge.with(options -> options.withTimes(stall, stall), serving(0, SIZE))) {
      HttpURLConnection connection = edge.open("/blob");
      var body = connection.getInputStream();
      byte[] read = new byte[SIZE];
      long began = System.nanoTime();
      int at = 0;
      int part;
      CompletableFuture<Void> never = new CompletableFuture<>();
      while ((part = body.read(read, at, Math.min(4 << 20, SIZE - at))) > 0) {
        at += part;
        if (at % (8 << 20) < part) {
          // Slower than any limit in all, never in one step.
          assertThatThrownBy(() -> never.get(500, TimeUnit.MILLISECONDS)).isNotNull();
        }
      }
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(stall.multipliedBy(2));
      assertThat(read).isEqualTo(bytes);
    }
  }
}
