package dev.longshore.app.query.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.app.Version;
import dev.longshore.app.settings.Settings;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Whoever listens where a service should: no answer of theirs is printed for one of Longshore's.
 */
@Timeout(60)
class QueryClientTest {
  private static final String OURS =
      "Longshore-Version: "
          + Version.NUMBER
          + "~Longshore-Topics: 127.0.0.1:1/longshore.~Longshore-Exit-Code: 0";

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "404 Not Found, Content-Length: 0, '', 404 of Longshore null",
    "200 OK, Longshore-Version: 0.0.9~Content-Length: 2, 'a\n', of Longshore 0.0.9",
    "200 OK, OURS~Content-Length: 7, 'a\u001b[2Jb\n', control characters",
    "200 OK, OURS~Longshore-Error: a%1Bb~Content-Length: 2, 'a\n', control characters",
    "200 OK, OURS~Content-Length: 9, 'a\n', Premature EOF",
    "200 OK, OURS, 'a\n', 2 bytes of -1",
    "302 Found, Location: http://127.0.0.1:1/~Content-Length: 0, '', 302 of Longshore null",
    "403 Forbidden, Content-Length: 17, 'DENIED: a\u001b[2Jbcd\n', DENIED: a?[2Jbcd",
    "401 Unauthorized, Content-Length: 0, '', '401: '",
    "503 Service Unavailable, Content-Length: 0, '', 503 of Longshore null",
    "nonsense, a, '', -1 of Longshore null"
  })
  void takesNothingElseForAnAnswer(String status, String headers, String body, String why)
      throws Exception {
    assertThatThrownBy(() -> ask(status, headers, body))
        .isInstanceOf(NotAnsweredException.class)
        .hasMessageContaining(why);
  }

  @Test
  void takesAnAnswerOfOurs() throws Exception {
    QueryClient.Told told = ask("200 OK", "OURS~Content-Length: 4", "ä\n\n");
    assertThat(told).isEqualTo(new QueryClient.Told(0, "ä\n\n", Optional.empty()));
  }

  @Test
  void givesUpOnOneThatIsSilentOrAway() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Settings settings = settings(silent.getLocalPort());
      assertThatThrownBy(
              () ->
                  new QueryClient(settings.shared(), Duration.ofMillis(50))
                      .ask("status", null, true))
          .isInstanceOf(NotAnsweredException.class)
          .hasMessageContaining("Read timed out");
    }
    assertThatThrownBy(() -> new QueryClient(settings(1).shared()).ask("status", null, true))
        .isInstanceOf(NotAnsweredException.class)
        .hasMessageContaining("Connection refused");
  }

  /** Asks somebody who answers so, whatever is asked; {@code ~} parts lines. */
  private QueryClient.Told ask(String status, String headers, String body) throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String answer =
          "HTTP/1.1 "
              + status
              + "\r\n"
              + "Connection: close\r\n"
              + headers.replace("OURS", OURS).replace("~", "\r\n")
              + "\r\n\r\n"
              + body;
      Thread answering = Thread.ofVirtual().start(() -> answer(server, answer));
      try {
        return new QueryClient(settings(server.getLocalPort()).shared())
            .ask("resolve", "a.example/b:1", false);
      } finally {
        answering.join();
      }
    }
  }

  private static void answer(ServerSocket server, String answer) {
    try (Socket socket = server.accept()) {
      InputStream in = socket.getInputStream();
      int line = 0;
      for (int c = in.read(); c >= 0 && line < 2; c = line < 2 ? in.read() : c) {
        line = c == '\n' ? line + 1 : c == '\r' ? line : 0;
      }
      socket.getOutputStream().write(answer.getBytes(StandardCharsets.UTF_8));
      socket.shutdownOutput();
      // Until the other end closes: what it has not read yet would be lost.
      in.transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Settings settings(int port) throws Exception {
    return AskedService.load(
        Files.writeString(
            Files.createTempFile(folder, "longshore", ".yaml"),
            "kafka: {bootstrap-servers: [\"127.0.0.1:1\"]}\nhealth: {listen: 127.0.0.1:%d}\n"
                .formatted(port)));
  }
}
