package dev.longshore.app.faults;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.longshore.testing.SplitMix;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Phaser;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * Stands between a registry and the watcher: takes each notification at once, and drops it, or
 * brings it late and so behind others, or twice, out of a seed; also brings forged ones.
 */
final class UnsureLine implements AutoCloseable {
  private static final int LATEST_MILLIS = 3_000;
  private static final Duration AGAIN = Duration.ofMillis(200);
  private static final Duration CALL = Duration.ofSeconds(10);

  private final HttpServer server;
  private final URI watcher;
  private final String token;
  private final RandomGenerator random;
  private final HttpClient client = HttpClient.newHttpClient();
  private final ScheduledExecutorService clock =
      Executors.newScheduledThreadPool(4, Thread.ofVirtual().factory());
  private final Phaser underWay = new Phaser(1);
  private final Queue<String> delivered = new ConcurrentLinkedQueue<>();
  private final Map<Fate, Integer> met = new EnumMap<>(Fate.class);

  /** What becomes of a notification. */
  enum Fate {
    DROPPED,
    IN_TIME,
    LATE,
    DOUBLED,
    FORGED
  }

  /**
   * Not opened yet.
   *
   * @param port where the registry sends
   * @param watcher the webhook's address
   */
  UnsureLine(int port, URI watcher, String token, long seed) throws IOException {
    this.server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    this.watcher = watcher;
    this.token = token;
    this.random = new SplitMix(seed);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::take);
  }

  void open() {
    server.start();
  }

  private void take(HttpExchange exchange) throws IOException {
    try (exchange) {
      String type = exchange.getRequestHeaders().getFirst("Content-Type");
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      bring(type, body);
      exchange.sendResponseHeaders(202, -1);
    }
  }

  private synchronized void bring(String type, String body) {
    Fate fate =
        List.of(Fate.DROPPED, Fate.IN_TIME, Fate.IN_TIME, Fate.LATE, Fate.DOUBLED)
            .get(random.nextInt(5));
    met.merge(fate, 1, Integer::sum);
    switch (fate) {
      case DROPPED, FORGED -> {}
      case IN_TIME -> send(type, body, 0, true);
      case LATE -> send(type, body, random.nextInt(LATEST_MILLIS), true);
      case DOUBLED -> {
        send(type, body, 0, true);
        send(type, body, random.nextInt(LATEST_MILLIS), true);
      }
    }
  }

  /** Brings one that the registry never sent. */
  synchronized void forge(String type, String body) {
    met.merge(Fate.FORGED, 1, Integer::sum);
    send(type, body, random.nextInt(LATEST_MILLIS), false);
  }

  private void send(String type, String body, int millis, boolean real) {
    underWay.register();
    var _ = clock.schedule(() -> post(type, body, real), millis, TimeUnit.MILLISECONDS);
  }

  /** As a registry does, until it is confirmed. */
  private void post(String type, String body, boolean real) {
    HttpRequest request =
        HttpRequest.newBuilder(watcher)
            .header("Authorization", "Bearer " + token)
            .header("Content-Type", type)
            .timeout(CALL)
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    try {
      if (client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 202) {
        if (real) {
          delivered.add(body);
        }
        underWay.arriveAndDeregister();
        return;
      }
    } catch (IOException away) {
      // As below: it is brought again.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    var _ = clock.schedule(() -> post(type, body, real), AGAIN.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Waits until everything that was not dropped has been confirmed. */
  void awaitQuiet(Duration limit) throws Exception {
    int phase = underWay.arrive();
    underWay.awaitAdvanceInterruptibly(phase, limit.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** The registry's own notifications that the watcher confirmed. */
  List<String> delivered() {
    return List.copyOf(delivered);
  }

  synchronized Map<Fate, Integer> met() {
    return Map.copyOf(met);
  }

  @Override
  public void close() {
    server.stop(0);
    clock.shutdownNow();
    client.close();
  }
}
