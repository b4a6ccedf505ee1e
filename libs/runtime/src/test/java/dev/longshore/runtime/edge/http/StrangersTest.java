package dev.longshore.runtime.edge.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.runtime.edge.rights.Scope;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Unauthenticated callers must not exhaust what others need. */
@Timeout(60)
class StrangersTest {
  private static final Duration LONG = Duration.ofMinutes(5);
  private static final int PLACES = 8;
  private static final int SHARE = 6;

  private final CountDownLatch go = new CountDownLatch(1);
  private final List<Socket> sockets = new ArrayList<>();

  @AfterEach
  void close() throws IOException {
    go.countDown();
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  @Test
  void aConnectionThatNeverAsksIsClosedSoon() throws Exception {
    try (RunningEdge edge =
        RunningEdge.with(
            options -> options.withTimes(LONG, LONG).withFirstRequest(Duration.ofMillis(200)),
            hello())) {
      Socket asked = connect(edge, "127.0.0.1");
      ask(asked);
      Socket silent = connect(edge, "127.0.0.1");
      Socket slow = connect(edge, "127.0.0.1");
      slow.getOutputStream().write("GET /hello HTTP/1.1\r\nHo".getBytes(StandardCharsets.US_ASCII));

      assertThat(silent.getInputStream().read()).isEqualTo(-1);
      assertThat(slow.getInputStream().read()).isEqualTo(-1);
      ask(asked);
    }
  }

  @Test
  void oneAddressDoesNotTakeAllConnections() throws Exception {
    try (RunningEdge edge = RunningEdge.with(StrangersTest::eightPlaces, hello())) {
      for (int i = 0; i < SHARE; i++) {
        ask(connect(edge, "127.0.0.2"));
      }
      assertThat(isClosed(connect(edge, "127.0.0.2"))).isTrue();

      ask(connect(edge, "127.0.0.3"));
      sockets.getFirst().close();
      Socket another = connect(edge, "127.0.0.2");
      while (isClosed(another)) {
        // Its place is free a moment after it was closed.
        another = connect(edge, "127.0.0.2");
      }
    }
  }

  @Test
  void oneCallerDoesNotTakeAllRequests() throws Exception {
    CountDownLatch entered = new CountDownLatch(SHARE);
    Route waiting =
        Route.at(
            Scope.HEALTH,
            "GET",
            "/waiting",
            exchange -> {
              entered.countDown();
              go.await();
              exchange.send(200, Map.of(), new byte[0]);
            });
    try (RunningEdge edge = RunningEdge.with(o -> o.withMaxConcurrent(PLACES), waiting, hello())) {
      for (int i = 0; i < SHARE; i++) {
        send(connect(edge, "127.0.0.2"), "/waiting");
      }
      entered.await();

      Socket seventh = connect(edge, "127.0.0.2");
      send(seventh, "/hello");
      assertThat(line(seventh)).isEqualTo("HTTP/1.1 503 Service Unavailable");
      ask(connect(edge, "127.0.0.3"));
      go.countDown();
    }
  }

  private static EdgeOptions eightPlaces(EdgeOptions options) {
    return new EdgeOptions(
        options.name(),
        options.listener(),
        PLACES,
        PLACES,
        options.maxHeaderBytes(),
        0,
        options.answerWithin(),
        options.stall(),
        options.firstRequest());
  }

  private static Route hello() {
    return Route.at(
        Scope.HEALTH, "GET", "/hello", exchange -> exchange.send(200, Map.of(), new byte[0]));
  }

  private Socket connect(RunningEdge edge, String from) throws IOException {
    Socket socket = new Socket();
    sockets.add(socket);
    socket.setSoTimeout(20_000);
    socket.bind(new InetSocketAddress(from, 0));
    socket.connect(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), edge.edge.address().port()));
    return socket;
  }

  private static void send(Socket socket, String path) throws IOException {
    socket
        .getOutputStream()
        .write(
            ("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
  }

  private static void ask(Socket socket) throws IOException {
    send(socket, "/hello");
    assertThat(line(socket)).isEqualTo("HTTP/1.1 200 OK");
  }

  /** Of the answer's head, which is read to its end; there is no body. */
  private static String line(Socket socket) throws IOException {
    StringBuilder head = new StringBuilder();
    int next = 0;
    while (next >= 0 && head.indexOf("\r\n\r\n") < 0) {
      next = socket.getInputStream().read();
      head.append((char) next);
    }
    return head.toString().lines().findFirst().orElse("");
  }

  private static boolean isClosed(Socket socket) throws IOException {
    try {
      send(socket, "/hello");
      return socket.getInputStream().read() < 0;
    } catch (SocketException reset) {
      return true;
    }
  }
}
