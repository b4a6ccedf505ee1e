package dev.longshore.oci.registry;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsServer;
import dev.longshore.model.RegistryHost;
import dev.longshore.model.RepositoryName;
import dev.longshore.testing.TestAuthority;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;

/** A registry with one tag and a certificate of one name, which notes what it is called. */
final class NamedServer implements AutoCloseable {
  /** Of the Host header. */
  final List<String> hosts = new CopyOnWriteArrayList<>();

  /** By TLS server name indication. */
  final List<String> indicated = new CopyOnWriteArrayList<>();

  /** Where requests are sent on; nowhere if empty. */
  volatile String redirect = "";

  private final TestAuthority authority = new TestAuthority("Authority");
  private final HttpsServer server;

  NamedServer(String name) throws Exception {
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(authority.server(name)));
    server.createContext("/", this::handle);
    server.start();
  }

  int port() {
    return server.getAddress().getPort();
  }

  /** Reads the tags with a new client that calls it so, and believes its authority alone. */
  List<String> tags(Internet internet, String name) throws Exception {
    var host = new RegistryHost(name + ":" + port());
    RegistryConfig config =
        RegistryConfig.of(host)
            .withEndpoint(URI.create("https://" + host))
            .withTls(authority.believing());
    return client(internet, config).tags(new RepositoryName(host, "app"), "").items();
  }

  private static RegistryClient client(Internet internet, RegistryConfig config) {
    return new RegistryClient(
        Registries.of(config),
        ClientSettings.defaults().withRetry(RetryPolicy.never()).withNames(internet.lookup()));
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      hosts.add(exchange.getRequestHeaders().getFirst("Host"));
      var session = (ExtendedSSLSession) ((HttpsExchange) exchange).getSSLSession();
      session
          .getRequestedServerNames()
          .forEach(name -> indicated.add(((SNIHostName) name).getAsciiName()));
      if (!redirect.isEmpty()) {
        exchange.getResponseHeaders().set("Location", redirect);
        exchange.sendResponseHeaders(307, -1);
        return;
      }
      byte[] tags = "{\"tags\":[\"v1\"]}".getBytes(StandardCharsets.US_ASCII);
      exchange.sendResponseHeaders(200, tags.length);
      exchange.getResponseBody().write(tags);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
