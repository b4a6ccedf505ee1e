package dev.longshore.app.query;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.longshore.runtime.config.PeerSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PeerLookTest {
  private final CountDownLatch never = new CountDownLatch(1);
  private HttpServer server;

  @BeforeEach
  void listen() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/late/", exchange -> answerAfter(exchange, Duration.ofMillis(1200)));
    server.createContext("/never/", exchange -> answerAfter(exchange, Duration.ofMinutes(1)));
    server.start();
  }

  @AfterEach
  void stop() {
    never.countDown();
    server.stop(0);
  }

  private void answerAfter(HttpExchange exchange, Duration busy) throws IOException {
    try (exchange) {
      boolean over = never.await(busy.toMillis(), TimeUnit.MILLISECONDS);
      byte[] body =
          "{\"ID\":\"12D3KooWPeer\",\"Addresses\":[],\"AgentVersion\":\"kubo/0.43.1/\"}"
              .getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(over ? 503 : 200, body.length);
      exchange.getResponseBody().write(body);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private PeerSettings peer(String name, String base) {
    URI web = URI.create(base);
    return new PeerSettings(name, "site", web, web, List.of(), null, true, false);
  }

  private String at(String path) {
    return "http://127.0.0.1:" + server.getAddress().getPort() + path;
  }

  @Test
  void aPeerThatAnswersLateIsUp() throws Exception {
    try (PeerLook look = PeerLook.begin(List.of(peer("peer-1", at("/late"))))) {
      assertThat(look.answers()).singleElement().hasToString("peer-1 (site) up");
    }
  }

  @Test
  void whoTakesCallsAndSaysNothingIsSilentAndWhoTakesNoneIsAway() throws Exception {
    String closed;
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      closed = "http://127.0.0.1:" + other.getLocalPort();
    }
    List<PeerSettings> peers = List.of(peer("peer-1", at("/never")), peer("peer-2", closed));
    try (PeerLook look = PeerLook.begin(peers, Duration.ofSeconds(1))) {
      assertThat(look.answers())
          .extracting(PeerLook.Answer::state)
          .containsExactly(PeerLook.State.SILENT, PeerLook.State.AWAY);
    }
  }
}
