package dev.longshore.oci.testing;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One request that came in, and its answer with a fault played on it. */
final class HttpRequestIn {
  private static final Pattern RANGE = Pattern.compile("bytes=([0-9]+)-");

  /** No test holds a request this long. */
  private static final long GATE_SECONDS = 60;

  private final HttpExchange exchange;

  HttpRequestIn(HttpExchange exchange) {
    this.exchange = exchange;
  }

  String method() {
    return exchange.getRequestMethod();
  }

  String path() {
    return exchange.getRequestURI().getPath();
  }

  /** A parameter of the query, empty if absent. */
  String query(String name) {
    String query = exchange.getRequestURI().getQuery();
    for (String pair : query == null ? new String[0] : query.split("&", -1)) {
      if (pair.startsWith(name + "=")) {
        return pair.substring(name.length() + 1);
      }
    }
    return "";
  }

  String requestHeader(String name) {
    String value = exchange.getRequestHeaders().getFirst(name);
    return value == null ? "" : value;
  }

  byte[] body() throws IOException {
    return exchange.getRequestBody().readAllBytes();
  }

  HttpRegistry.Seen seen() {
    return new HttpRegistry.Seen(
        method(), path(), requestHeader("Authorization"), requestHeader("Range"));
  }

  void header(String name, String value) {
    exchange.getResponseHeaders().set(name, value);
  }

  void error(int status, String code, String message) throws IOException {
    header("Content-Type", "application/json");
    String json =
        "{\"errors\":[{\"code\":\"%s\",\"message\":\"%s\"}]}"
            .formatted(code, message.replace("\"", "'"));
    answer(status, json.getBytes(StandardCharsets.UTF_8), Optional.empty());
  }

  void answer(byte[] body, Optional<Fault> fault) throws IOException {
    answer(200, body, fault);
  }

  void answerRange(byte[] body, Optional<Fault> fault) throws IOException {
    Matcher range = RANGE.matcher(requestHeader("Range"));
    int from = range.matches() ? Integer.parseInt(range.group(1)) : body.length;
    if (from >= body.length) {
      error(416, "RANGE_INVALID", "no such range");
      return;
    }
    header("Content-Range", "bytes %d-%d/%d".formatted(from, body.length - 1, body.length));
    answer(206, Arrays.copyOfRange(body, from, body.length), fault);
  }

  void answer(int status, byte[] body, Optional<Fault> fault) throws IOException {
    if (fault.isEmpty()) {
      send(status, body, body.length);
      return;
    }
    switch (fault.get()) {
      case Fault.Status failing -> {
        failing.retryAfter().ifPresent(d -> header("Retry-After", Long.toString(d.toSeconds())));
        error(failing.code(), "FAULT", "on demand");
      }
      case Fault.WrongByte wrong -> send(status, FaultyBody.damaged(body), body.length);
      case Fault.CutAfter cut -> send(status, body, Math.min(cut.bytes(), body.length));
      case Fault.Garbage garbage -> {
        byte[] html = "<html>not what you asked for</html>".getBytes(StandardCharsets.US_ASCII);
        send(status, html, html.length);
      }
      case Fault.Page page -> {
        byte[] html = "<html>back soon</html>".getBytes(StandardCharsets.US_ASCII);
        header("Content-Type", "text/html; charset=utf-8");
        send(200, html, html.length);
      }
      case Fault.Held held -> {
        await(held);
        send(status, body, body.length);
      }
    }
  }

  private static void await(Fault.Held held) throws IOException {
    try {
      if (!held.gate().await(GATE_SECONDS, TimeUnit.SECONDS)) {
        throw new IOException("the test never opened the gate");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("the server is stopped", e);
    }
  }

  /**
   * Declares the whole body and sends its first bytes; fewer than declared break the connection.
   */
  private void send(int status, byte[] body, int count) throws IOException {
    if (method().equals("HEAD")) {
      header("Content-Length", Integer.toString(body.length));
      exchange.sendResponseHeaders(status, -1);
      return;
    }
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body, 0, count);
    exchange.getResponseBody().flush();
    if (count == body.length) {
      exchange.getResponseBody().close();
    }
  }
}
