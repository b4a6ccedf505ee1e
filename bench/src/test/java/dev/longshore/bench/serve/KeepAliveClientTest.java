package dev.longshore.bench.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class KeepAliveClientTest {
  private final AtomicInteger requests = new AtomicInteger();
  private final Set<InetSocketAddress> connections = ConcurrentHashMap.newKeySet();
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          requests.incrementAndGet();
          connections.add(exchange.getRemoteAddress());
          boolean found = exchange.getRequestURI().toString().equals("/found?a=b");
          byte[] body = new byte[70_000];
          exchange.sendResponseHeaders(found ? 200 : 404, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void asksAgainOnTheSameConnection() throws Exception {
    try (KeepAliveClient client = new KeepAliveClient(server(), "text/plain")) {
      for (int i = 0; i < 3; i++) {
        assertThat(client.request("/found?a=b")).isPositive();
      }
    }

    assertThat(requests).hasValue(3);
    assertThat(connections).hasSize(1);
  }

  @Test
  void anotherAnswerIsAnError() throws Exception {
    try (KeepAliveClient client = new KeepAliveClient(server(), "text/plain")) {
      assertThatThrownBy(() -> client.request("/lost"))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("404");
    }
  }

  private URI server() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }
}
