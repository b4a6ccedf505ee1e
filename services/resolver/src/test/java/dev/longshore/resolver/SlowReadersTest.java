package dev.longshore.resolver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.resolver.testing.Edge;
import dev.longshore.resolver.testing.MirroredImage;
import dev.longshore.resolver.testing.RunningResolver;
import dev.longshore.testing.RandomImage;
import dev.longshore.testing.RandomImageOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that take next to nothing of a blob for which the cache has no room. */
@Timeout(120)
class SlowReadersTest {
  /** As many as may fetch at once. */
  private static final int SLOW = 16;

  /** More than the buffers of both sockets hold. */
  private static final int SIZE = 4 << 20;

  /** Nobody is cut off while the test runs. */
  private static final Duration NO_PROGRESS = Duration.ofMinutes(2);

  private static final String BLOBS = "/v2/" + Edge.REPOSITORY + "/blobs/";

  private final List<Socket> slow = new ArrayList<>();
  @TempDir Path folder;
  private Edge edge;
  private RunningResolver resolver;
  private MirroredImage image;
  private String large;
  private String small;

  @BeforeEach
  void start() throws Exception {
    edge = Edge.empty(folder.resolve("unused"));
    resolver = RunningResolver.uncached(folder, edge, NO_PROGRESS);
    image = edge.mirror(RandomImage.of(1, RandomImageOptions.small().withLayers(1, SIZE)));
    edge.states.tag(Edge.REPOSITORY, "v1", image.digest().toString());
    Map<String, byte[]> blobs = image.image().blobs();
    Comparator<String> bySize = Comparator.comparingInt(digest -> blobs.get(digest).length);
    large = blobs.keySet().stream().max(bySize).orElseThrow();
    small = blobs.keySet().stream().min(bySize).orElseThrow();
  }

  @AfterEach
  void stop() throws Exception {
    for (Socket socket : slow) {
      socket.close();
    }
    resolver.close();
    edge.close();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void slowReadersHoldUpNobody(boolean fromOneAddress) throws Exception {
    for (int i = 1; i <= SLOW; i++) {
      ask(fromOneAddress ? "127.0.0.1" : "127.0.1." + i);
    }
    for (Socket socket : slow) {
      assertThat(firstLine(socket)).isEqualTo("HTTP/1.1 200 OK");
    }

    HttpResponse<byte[]> answer = resolver.get(BLOBS + small);

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo(image.image().blobs().get(small));
  }

  private void ask(String from) throws IOException {
    Socket socket = new Socket();
    slow.add(socket);
    socket.setReceiveBufferSize(4096);
    socket.setSoTimeout(20_000);
    socket.bind(new InetSocketAddress(from, 0));
    socket.connect(
        new InetSocketAddress(
            InetAddress.getLoopbackAddress(), resolver.service.registryAddress().port()));
    socket
        .getOutputStream()
        .write(
            ("GET " + BLOBS + large + " HTTP/1.1\r\nHost: x\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
  }

  /** Taken a byte at a time, and nothing behind it. */
  private static String firstLine(Socket socket) throws IOException {
    StringBuilder line = new StringBuilder();
    int next = socket.getInputStream().read();
    while (next >= 0 && next != '\r') {
      line.append((char) next);
      next = socket.getInputStream().read();
    }
    return line.toString();
  }
}
