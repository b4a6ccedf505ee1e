package dev.longshore.resolver.site.hub;

import dev.longshore.settings.value.Listen;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The proxy that {@code HTTPS_PROXY} names, but for the hosts of {@code NO_PROXY}, as curl reads
 * them; without it that of the Java runtime. Nothing on loopback goes through a proxy.
 */
final class EnvironmentProxies extends ProxySelector {
  private static final int HTTP_PORT = 80;

  private final @Nullable InetSocketAddress proxy;
  private final List<String> direct;

  EnvironmentProxies(Map<String, String> environment) {
    String named = first(environment, "HTTPS_PROXY", "https_proxy");
    this.proxy = named.isEmpty() ? null : address(named);
    this.direct =
        Stream.of(first(environment, "NO_PROXY", "no_proxy").split(","))
            .map(host -> bare(host.strip().toLowerCase(Locale.ROOT)))
            .filter(host -> !host.isEmpty())
            .toList();
  }

  private static String first(Map<String, String> environment, String upper, String lower) {
    return environment.getOrDefault(upper, environment.getOrDefault(lower, "")).strip();
  }

  private static InetSocketAddress address(String named) {
    URI uri;
    try {
      uri = new URI(named.contains("://") ? named : "http://" + named);
    } catch (URISyntaxException e) {
      // Its message has the text, and so may have a password.
      throw wrong();
    }
    if (!"http".equalsIgnoreCase(uri.getScheme())
        || uri.getHost() == null
        || uri.getRawUserInfo() != null) {
      throw wrong();
    }
    return InetSocketAddress.createUnresolved(
        uri.getHost(), uri.getPort() < 0 ? HTTP_PORT : uri.getPort());
  }

  private static IllegalArgumentException wrong() {
    return new IllegalArgumentException(
        "HTTPS_PROXY: not http://HOST:PORT (expected: a proxy without a login)");
  }

  @Override
  public List<Proxy> select(URI uri) {
    String host = uri.getHost().toLowerCase(Locale.ROOT);
    if (new Listen(host, 0).loopback()) {
      return List.of(Proxy.NO_PROXY);
    }
    if (proxy == null) {
      ProxySelector usual = ProxySelector.getDefault();
      return usual == null ? List.of(Proxy.NO_PROXY) : usual.select(uri);
    }
    return List.of(isDirect(bare(host)) ? Proxy.NO_PROXY : new Proxy(Proxy.Type.HTTP, proxy));
  }

  /** URLs have IPv6 addresses in brackets, and NO_PROXY without them. */
  private static String bare(String host) {
    return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
  }

  private boolean isDirect(String host) {
    return direct.stream()
        .map(entry -> entry.startsWith(".") ? entry.substring(1) : entry)
        .anyMatch(entry -> entry.equals("*") || host.equals(entry) || host.endsWith("." + entry));
  }

  @Override
  public void connectFailed(URI uri, SocketAddress address, IOException failure) {
    // The request itself fails with the reason.
  }
}
