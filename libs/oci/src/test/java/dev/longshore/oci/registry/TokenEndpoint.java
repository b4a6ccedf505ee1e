package dev.longshore.oci.registry;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A token server whose answers a test sets; it numbers its tokens. */
final class TokenEndpoint implements AutoCloseable {
  /**
   * @param query of GET, body of POST
   */
  record Asked(String method, String query, String authorization) {}

  final List<Asked> asked = new CopyOnWriteArrayList<>();
  private final AtomicInteger issued = new AtomicInteger();
  private final HttpServer server;
  volatile int status = 200;
  volatile String answer = "{\"token\":\"%s\",\"expires_in\":300}";
  volatile boolean postOnly;

  TokenEndpoint() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/token", this::handle);
    server.start();
  }

  int port() {
    return server.getAddress().getPort();
  }

  String authority() {
    return "localhost:" + port();
  }

  String realm() {
    return "http://" + authority() + "/token";
  }

  /** A registry's rule: the newest token gets in, everybody else is challenged. */
  Optional<String> challenge(String authorization) {
    return authorization.equals("Bearer token-" + issued.get())
        ? Optional.empty()
        : Optional.of(
            "Bearer realm=\"%s\",service=\"a, b\",scope=\"repository:team/app:pull\""
                .formatted(realm()));
  }

  /** From now on the tokens that were issued are refused. */
  void revoke() {
    issued.incrementAndGet();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String method = exchange.getRequestMethod();
      byte[] body = exchange.getRequestBody().readAllBytes();
      String query =
          method.equals("GET")
              ? exchange.getRequestURI().getRawQuery()
              : new String(body, StandardCharsets.US_ASCII);
      String authorization = exchange.getRequestHeaders().getFirst("Authorization");
      asked.add(new Asked(method, query, authorization == null ? "" : authorization));
      int code = postOnly && method.equals("GET") ? 405 : status;
      String text = code == 200 ? answer.formatted("token-" + issued.incrementAndGet()) : answer;
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(code, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
