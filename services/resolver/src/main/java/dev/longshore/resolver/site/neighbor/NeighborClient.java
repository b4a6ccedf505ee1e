package dev.longshore.resolver.site.neighbor;

import dev.longshore.events.EventJson;
import dev.longshore.events.MalformedEventException;
import dev.longshore.model.ImageDag;
import dev.longshore.model.SiteName;
import dev.longshore.resolver.site.hub.HubAnswer;
import dev.longshore.resolver.site.hub.HubAnswer.Progress;
import dev.longshore.resolver.site.hub.HubException;
import dev.longshore.resolver.site.hub.HubException.Kind;
import dev.longshore.sites.DagPresence;
import dev.longshore.sites.Leaves;
import dev.longshore.sites.SiteJson;
import dev.longshore.sites.SitePaths;
import java.io.IOException;
import java.io.InputStream;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.function.LongConsumer;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * A node's requests to its neighbors, authenticated by TLS alone: the hub's credential is not for
 * them. All calls block, and end when their thread is interrupted.
 */
final class NeighborClient implements AutoCloseable {
  /** What holds all of it sends it as fast as a network on the spot is, even a poor one. */
  private static final Progress LEAST = new Progress(128 * 1024, Duration.ofSeconds(10));

  /** A connection that begins: the first TLS of a program that has just started is slow. */
  static final Duration FIRST = Duration.ofSeconds(30);

  private final HttpClient http;
  private final SiteName site;
  private final NeighborTimes times;
  private final LongConsumer received;

  /**
   * @param received told of bytes of blocks as they come
   */
  NeighborClient(SSLContext tls, SiteName site, NeighborTimes times, LongConsumer received) {
    this.site = site;
    this.times = times;
    this.received = received;
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(FIRST)
            // Proxies of the environment are for the way to the hub.
            .proxy(ProxySelector.of(null))
            .sslContext(tls)
            .build();
  }

  /** Whether a node has it. */
  DagPresence ask(InetSocketAddress node, ImageDag dag, Duration within)
      throws HubException, InterruptedException {
    HttpRequest request = request(node, SitePaths.dag(site, dag), within).GET().build();
    try (HubAnswer answer = answer(node, dag, request, within, Progress.LEAST, _ -> {})) {
      return SiteJson.read(answer.readNBytes(EventJson.LIMIT + 1), DagPresence.class);
    } catch (MalformedEventException e) {
      throw new HubException(Kind.WRONG, said(node, dag, String.valueOf(e.getMessage())), e);
    } catch (HubException e) {
      throw e;
    } catch (IOException e) {
      throw new HubException(Kind.CUT, said(node, dag, e.toString()), e);
    }
  }

  /** A CAR of the inner nodes of a DAG; the caller closes it. */
  InputStream nodes(InetSocketAddress node, ImageDag dag)
      throws HubException, InterruptedException {
    HttpRequest request = request(node, SitePaths.nodes(site, dag), times.head()).GET().build();
    return answer(node, dag, request, times.stall(), Progress.LEAST, received);
  }

  /**
   * A CAR of leaves of a DAG, in their order; the caller closes it.
   *
   * @param has whether the node holds all of them, or waits for them itself
   */
  InputStream leaves(InetSocketAddress node, ImageDag dag, Leaves leaves, boolean has)
      throws HubException, InterruptedException {
    byte[] body;
    try {
      body = SiteJson.write(leaves);
    } catch (MalformedEventException e) {
      throw new IllegalArgumentException(String.valueOf(e.getMessage()), e);
    }
    HttpRequest request =
        request(node, SitePaths.leaves(site, dag), times.head())
            .POST(BodyPublishers.ofByteArray(body))
            .build();
    return answer(node, dag, request, times.stall(), has ? LEAST : Progress.LEAST, received);
  }

  private static HttpRequest.Builder request(
      InetSocketAddress node, String path, Duration timeout) {
    return HttpRequest.newBuilder(URI.create("https://" + shown(node) + path)).timeout(timeout);
  }

  private HubAnswer answer(
      InetSocketAddress node,
      ImageDag dag,
      HttpRequest request,
      Duration stall,
      Progress least,
      LongConsumer count)
      throws HubException, InterruptedException {
    HttpResponse<InputStream> response;
    try {
      response = http.send(request, BodyHandlers.ofInputStream());
    } catch (IOException e) {
      if (Thread.interrupted()) {
        throw new InterruptedException("asking a neighbor: interrupted");
      }
      throw new HubException(Kind.AWAY, said(node, dag, e.toString()), e);
    }
    HubAnswer answer = new HubAnswer(response.body(), stall, least, count);
    if (response.statusCode() == 200) {
      return answer;
    }
    close(answer);
    throw new HubException(
        response.statusCode() == NeighborRoutes.FROM_ANOTHER ? Kind.FROM_ANOTHER : Kind.ABSENT,
        said(node, dag, "HTTP " + response.statusCode()));
  }

  private static void close(HubAnswer answer) {
    try {
      answer.close();
    } catch (IOException e) {
      // It is of no use to anybody.
    }
  }

  private static String said(InetSocketAddress node, @Nullable ImageDag dag, String what) {
    return "neighbor %s: %s: %s".formatted(shown(node), dag, what);
  }

  /** Its address as it is in a URL. */
  static String shown(InetSocketAddress node) {
    String host = node.getAddress().getHostAddress();
    // A link-local one has the name of an interface, which does not belong into a URL.
    int zone = host.indexOf('%');
    String plain = zone < 0 ? host : host.substring(0, zone);
    return (node.getAddress() instanceof Inet6Address ? "[" + plain + "]" : plain)
        + ":"
        + node.getPort();
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
