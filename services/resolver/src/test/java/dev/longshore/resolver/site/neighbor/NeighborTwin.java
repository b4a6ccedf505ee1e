package dev.longshore.resolver.site.neighbor;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.longshore.events.MalformedEventException;
import dev.longshore.runtime.service.tls.ServerTls;
import dev.longshore.runtime.service.tls.ServerTlsSettings;
import dev.longshore.sites.DagPresence;
import dev.longshore.sites.DagPresence.State;
import dev.longshore.sites.Leaves;
import dev.longshore.sites.Leaves.Range;
import dev.longshore.sites.SiteJson;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

/** Somebody with the secrets of a site who answers neighbors as a test wants it. */
public final class NeighborTwin implements AutoCloseable {
  public final List<String> requests = new CopyOnWriteArrayList<>();
  public volatile String node;
  public volatile State state = State.HERE;

  /** Of answers with blocks. */
  public volatile int status = 200;

  public volatile byte[] nodes = {};

  /** What it sends whatever is asked for; empty if it sends what is asked for. */
  public volatile byte[] leaves = {};

  /** A CAR of each leaf. */
  public volatile List<byte[]> each = List.of();

  /** Bytes of leaves after which nothing comes any more. */
  public volatile int hangsAfter = Integer.MAX_VALUE;

  /** Before it says what it has. */
  public volatile Duration thinks = Duration.ZERO;

  /** Until then no block comes after the head. */
  public volatile CountDownLatch begins = new CountDownLatch(0);

  private final CountDownLatch closed = new CountDownLatch(1);
  private final HttpsServer server;

  /**
   * @param folder where its keys go
   */
  public NeighborTwin(Path folder, String node, List<String> secrets) throws IOException {
    this.node = node;
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(tls(folder, secrets)));
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::handle);
    server.start();
  }

  /** What somebody with these secrets shows and believes. */
  public static SSLContext tls(Path folder, List<String> secrets) throws IOException {
    return NeighborTls.context(files(folder, secrets));
  }

  /** What somebody believes who has nothing to show. */
  public static SSLContext anonymous(Path folder, List<String> secrets)
      throws IOException, GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    var believed = ServerTls.of(files(folder, secrets)).callers().orElseThrow();
    context.init(null, new TrustManager[] {NeighborTls.believing(believed)}, null);
    return context;
  }

  static ServerTlsSettings files(Path folder, List<String> secrets) throws IOException {
    Files.createDirectories(folder);
    NeighborKeys keys = NeighborKeys.of(secrets);
    return new ServerTlsSettings(
        Files.writeString(folder.resolve("one.pem"), keys.certificate()),
        Files.writeString(folder.resolve("key.pem"), keys.key()),
        Files.writeString(folder.resolve("all.pem"), keys.believed()));
  }

  public String address() {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  private void handle(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    requests.add(exchange.getRequestMethod() + " " + path);
    byte[] body = exchange.getRequestBody().readAllBytes();
    try (exchange) {
      if (path.endsWith("/nodes") || path.endsWith("/leaves")) {
        boolean inner = path.endsWith("/nodes");
        byte[] car = inner ? nodes : leaves.length > 0 ? leaves : asked(body);
        blocks(exchange, car, inner ? Integer.MAX_VALUE : hangsAfter);
      } else {
        boolean _ = closed.await(thinks.toMillis(), TimeUnit.MILLISECONDS);
        send(exchange, SiteJson.write(new DagPresence(node, "0123456789abcdef", state)));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Exception e) {
      throw new IOException(e);
    }
  }

  private byte[] asked(byte[] body) throws MalformedEventException {
    ByteArrayOutputStream car = new ByteArrayOutputStream();
    for (Range range : SiteJson.read(body, Leaves.class).ranges()) {
      for (long number = range.first(); number <= range.last(); number++) {
        byte[] one = each.get((int) number);
        int header = car.size() == 0 ? 0 : header(one);
        car.write(one, header, one.length - header);
      }
    }
    return car.toByteArray();
  }

  private static int header(byte[] car) {
    return 1 + car[0];
  }

  private void blocks(HttpExchange exchange, byte[] car, int most)
      throws IOException, InterruptedException {
    if (status != 200) {
      exchange.sendResponseHeaders(status, -1);
    } else if (begins.getCount() > 0) {
      int header = header(car);
      exchange.sendResponseHeaders(200, car.length);
      exchange.getResponseBody().write(car, 0, header);
      exchange.getResponseBody().flush();
      boolean _ = begins.await(30, TimeUnit.SECONDS);
      exchange.getResponseBody().write(car, header, car.length - header);
    } else if (car.length <= most) {
      send(exchange, car);
    } else {
      exchange.sendResponseHeaders(200, car.length);
      exchange.getResponseBody().write(car, 0, most);
      exchange.getResponseBody().flush();
      closed.await(30, TimeUnit.SECONDS);
    }
  }

  private static void send(HttpExchange exchange, byte[] bytes) throws IOException {
    exchange.sendResponseHeaders(200, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  @Override
  public void close() {
    closed.countDown();
    begins.countDown();
    server.stop(0);
  }
}
