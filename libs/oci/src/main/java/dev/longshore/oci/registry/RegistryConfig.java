package dev.longshore.oci.registry;

import dev.longshore.model.RegistryHost;
import java.net.URI;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;

/**
 * How to reach one registry.
 *
 * @param endpoint {@code https://host[:port]}, or {@code http://} if allowed; no path
 * @param login gives the current login
 * @param trustedHosts {@code host} or {@code host:port} of other domains or addresses that this
 *     registry may name for tokens (they get its password) and redirects
 * @param tls makes connections with the user's own authorities or certificate; null for the Java
 *     runtime's
 */
public record RegistryConfig(
    RegistryHost host,
    URI endpoint,
    Supplier<RegistryCredentials> login,
    Set<String> trustedHosts,
    Optional<SSLContext> tls) {
  private static final URI DOCKER_HUB_API = URI.create("https://registry-1.docker.io");

  public RegistryConfig {
    trustedHosts = Set.copyOf(trustedHosts);
    String scheme = String.valueOf(endpoint.getScheme());
    boolean http = scheme.equals("http") || scheme.equals("https");
    if (!http
        || endpoint.getHost() == null
        || endpoint.getRawUserInfo() != null
        || !String.valueOf(endpoint.getRawPath()).isEmpty()) {
      throw new IllegalArgumentException(
          "endpoint of registry " + host + " (expected: http or https, host and port, no path)");
    }
  }

  /** Without login: https, or http if the registry is this machine. */
  public static RegistryConfig of(RegistryHost host) {
    URI endpoint =
        host.equals(RegistryHost.DOCKER_HUB)
            ? DOCKER_HUB_API
            : URI.create((host.isLoopback() ? "http://" : "https://") + host);
    return new RegistryConfig(
        host, endpoint, RegistryCredentials::anonymous, Set.of(), Optional.empty());
  }

  public RegistryConfig withCredentials(RegistryCredentials newCredentials) {
    return withLogin(() -> newCredentials);
  }

  /** With credentials that may change; read for each request. */
  public RegistryConfig withLogin(Supplier<RegistryCredentials> newLogin) {
    return new RegistryConfig(host, endpoint, newLogin, trustedHosts, tls);
  }

  /** The current login. */
  public RegistryCredentials credentials() {
    return login.get();
  }

  /** Served at another address than its name; {@code http://} here allows plain http. */
  public RegistryConfig withEndpoint(URI newEndpoint) {
    return new RegistryConfig(host, newEndpoint, login, trustedHosts, tls);
  }

  public RegistryConfig withTrustedHost(String hostAndPort) {
    var hosts = new HashSet<>(trustedHosts);
    hosts.add(hostAndPort);
    return new RegistryConfig(host, endpoint, login, hosts, tls);
  }

  /** With the user's own authorities or certificate. */
  public RegistryConfig withTls(SSLContext context) {
    return new RegistryConfig(host, endpoint, login, trustedHosts, Optional.of(context));
  }

  /** Whether the address is the registry's own or one that it may name. */
  boolean isHome(WebOrigin origin) {
    return origin.equals(WebOrigin.of(endpoint)) || trusts(origin);
  }

  boolean trusts(WebOrigin origin) {
    return trustedHosts.contains(origin.host()) || trustedHosts.contains(origin.authority());
  }
}
