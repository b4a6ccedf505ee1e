package dev.longshore.oci.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.longshore.model.Digest;
import dev.longshore.model.OciFormatException;
import dev.longshore.model.RegistryHost;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.ImageIndex;
import dev.longshore.oci.ManifestHead;
import dev.longshore.oci.MediaType;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.source.Page;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * An {@link InMemoryRegistry} over HTTP on the loopback interface, with its faults: for tests of
 * HTTP clients. It speaks the distribution API as far as Longshore uses it.
 */
public final class HttpRegistry implements AutoCloseable {
  private static final Pattern ROUTE =
      Pattern.compile("/v2/(?<name>.+)/(?<kind>manifests|blobs|tags|referrers)/(?<rest>.*)");

  /**
   * A request as it came.
   *
   * @param authorization the header, empty if absent
   */
  public record Seen(String method, String path, String authorization, String range) {}

  private final InMemoryRegistry content;
  private final HttpRegistryOptions options;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Queue<Seen> requests = new ConcurrentLinkedQueue<>();
  private final PushedUploads uploads = new PushedUploads();

  private HttpRegistry(InMemoryRegistry content, HttpRegistryOptions options, HttpServer server) {
    this.content = content;
    this.options = options;
    this.server = server;
  }

  public static HttpRegistry start(InMemoryRegistry content, HttpRegistryOptions options)
      throws IOException {
    return start(
        content,
        options,
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0));
  }

  /** The same over a server that the test has made, for example one with TLS. */
  public static HttpRegistry start(
      InMemoryRegistry content, HttpRegistryOptions options, HttpServer server) {
    var registry = new HttpRegistry(content, options, server);
    server.createContext("/", registry::handle);
    server.setExecutor(registry.threads);
    server.start();
    return registry;
  }

  /** {@code localhost:port}. */
  public RegistryHost host() {
    return new RegistryHost("localhost:" + server.getAddress().getPort());
  }

  public RepositoryName name(String repository) {
    return new RepositoryName(host(), repository);
  }

  public InMemoryRegistry content() {
    return content;
  }

  public List<Seen> requests() {
    return List.copyOf(requests);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  private void handle(HttpExchange exchange) throws IOException {
    var request = new HttpRequestIn(exchange);
    requests.add(request.seen());
    try (exchange) {
      Optional<String> challenge = options.login().challenge(request.seen().authorization());
      if (challenge.isPresent()) {
        exchange.getResponseHeaders().add("WWW-Authenticate", challenge.get());
        request.error(401, "UNAUTHORIZED", "authentication required");
        return;
      }
      route(request);
    } catch (OciFormatException e) {
      request.error(400, "NAME_INVALID", String.valueOf(e.getMessage()));
    }
  }

  private void route(HttpRequestIn request) throws IOException {
    String path = request.path();
    Matcher matcher = ROUTE.matcher(path);
    if (path.equals("/v2/")) {
      request.answer("{}".getBytes(StandardCharsets.UTF_8), Optional.empty());
    } else if (path.equals("/v2/_catalog")) {
      catalog(request);
    } else if (!matcher.matches()) {
      request.error(404, "UNSUPPORTED", "no such route");
    } else if (!request.method().equals("GET") && !request.method().equals("HEAD")) {
      uploads.handle(request, content, name(matcher.group("name")), matcher.group("rest"));
    } else {
      RepositoryName name = name(matcher.group("name"));
      Optional<StoredRepository> stored = content.stored(name);
      if (stored.isEmpty()) {
        request.error(404, "NAME_UNKNOWN", "repository name not known to registry");
        return;
      }
      String rest = matcher.group("rest");
      switch (matcher.group("kind")) {
        case "manifests" -> manifest(request, stored.get(), rest);
        case "blobs" -> blob(request, stored.get(), Digest.parse(rest));
        case "tags" -> tags(request, name);
        default -> referrers(request, name, Digest.parse(rest));
      }
    }
  }

  private void manifest(HttpRequestIn request, StoredRepository stored, String selector)
      throws IOException {
    if (request.method().equals("HEAD") && options.headRefused()) {
      request.error(405, "UNSUPPORTED", "no HEAD here");
      return;
    }
    Digest tagged = stored.tags.get(selector);
    Digest digest = tagged != null || selector.indexOf(':') < 0 ? tagged : Digest.parse(selector);
    Descriptor descriptor = digest == null ? null : stored.manifests.get(digest);
    if (descriptor == null) {
      request.error(404, "MANIFEST_UNKNOWN", "manifest unknown");
      return;
    }
    request.header("Content-Type", options.contentType().orElse(descriptor.mediaType()));
    if (options.digestHeader()) {
      request.header("Docker-Content-Digest", descriptor.digest().toString());
    }
    request.answer(stored.contents.get(digest), content.faults().take(selector));
  }

  private void blob(HttpRequestIn request, StoredRepository stored, Digest digest)
      throws IOException {
    byte[] body = stored.contents.get(digest);
    if (body == null) {
      request.error(404, "BLOB_UNKNOWN", "blob unknown to registry");
      return;
    }
    if (request.method().equals("HEAD") && options.headRefused()) {
      request.error(405, "UNSUPPORTED", "no HEAD here");
      return;
    }
    if (options.blobsAt().isPresent()) {
      request.header("Location", options.blobsAt().get() + request.path() + "?signature=secret");
      request.answer(307, new byte[0], Optional.empty());
      return;
    }
    request.header("Content-Type", MediaType.OCTET_STREAM);
    Optional<Fault> fault = content.faults().take(digest.toString());
    if (options.ranges() && !request.seen().range().isEmpty()) {
      request.answerRange(body, fault);
    } else {
      request.answer(body, fault);
    }
  }

  private void tags(HttpRequestIn request, RepositoryName name) throws IOException {
    page(request, "tags", after -> content.tags(name, after));
  }

  private void catalog(HttpRequestIn request) throws IOException {
    page(request, "repositories", after -> content.catalog(host(), after));
  }

  private static void page(HttpRequestIn request, String field, Page.Fetch fetch)
      throws IOException {
    Page page;
    try {
      page = fetch.from(request.query("last"));
    } catch (RegistryException e) {
      request.error(e.status().orElse(404), "NAME_UNKNOWN", e.reason());
      return;
    }
    page.next()
        .ifPresent(
            last ->
                request.header(
                    "Link",
                    "<%s?last=%s&n=%s>; rel=\"next\""
                        .formatted(request.path(), last, request.query("n"))));
    String items = page.items().stream().map(i -> '"' + i + '"').collect(Collectors.joining(","));
    request.header("Content-Type", "application/json");
    request.answer(
        "{\"%s\":[%s]}".formatted(field, items).getBytes(StandardCharsets.UTF_8), Optional.empty());
  }

  private void referrers(HttpRequestIn request, RepositoryName name, Digest subject)
      throws IOException {
    if (!options.referrersApi()) {
      request.error(404, "UNSUPPORTED", "no such route");
      return;
    }
    List<Descriptor> found = content.referrers(name, subject);
    request.header("Content-Type", MediaType.OCI_INDEX);
    request.answer(
        ImageIndex.of(ManifestHead.of(MediaType.OCI_INDEX), found).raw().bytes(), Optional.empty());
  }
}
