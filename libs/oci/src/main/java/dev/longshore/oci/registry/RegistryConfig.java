package dev.longshore.oci.registry;

import dev.longshore.model.RegistryHost;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.RegistryException.Attempt;
import java.net.URI;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLContext;

/**
 * How to reach one registry.
 *
 * @param endpoint {@code https://host[:port]}, or {@code http://} if allowed; no path
 * @param login gives the credentials
 * @param trustedHosts {@code host} or {@code host:port} of other domains or addresses that this
 *     registry may name for tokens (they get its password) and redirects
 * @param trust makes connections, perhaps with the user's own authorities or certificate
 */
public record RegistryConfig(
    RegistryHost host, URI endpoint, Login login, Set<String> trustedHosts, Trust trust) {
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
        host, endpoint, Login.of(RegistryCredentials.anonymous()), Set.of(), Optional::empty);
  }

  public RegistryConfig withCredentials(RegistryCredentials newCredentials) {
    return withLogin(Login.of(newCredentials));
  }

  /** With credentials that may change; read for each request. */
  public RegistryConfig withLogin(Login newLogin) {
    return new RegistryConfig(host, endpoint, newLogin, trustedHosts, trust);
  }

  /** The same for one request, which shows one login from its begin to its end. */
  LoggedIn loggedIn(Attempt attempt) throws RegistryException {
    return new LoggedIn(this, login.current(attempt));
  }

  /** Served at another address than its name; {@code http://} here allows plain http. */
  public RegistryConfig withEndpoint(URI newEndpoint) {
    return new RegistryConfig(host, newEndpoint, login, trustedHosts, trust);
  }

  public RegistryConfig withTrustedHost(String hostAndPort) {
    var hosts = new HashSet<>(trustedHosts);
    hosts.add(hostAndPort);
    return new RegistryConfig(host, endpoint, login, hosts, trust);
  }

  /** With the user's own authorities or certificate. */
  public RegistryConfig withTls(SSLContext context) {
    return withTrust(() -> Optional.of(context));
  }

  /** With the user's own authorities or certificate, which may change. */
  public RegistryConfig withTrust(Trust newTrust) {
    return new RegistryConfig(host, endpoint, login, trustedHosts, newTrust);
  }

  /** Whether the address is the registry's own or one that it may name. */
  boolean isHome(WebOrigin origin) {
    return origin.equals(WebOrigin.of(endpoint)) || trusts(origin);
  }

  boolean trusts(WebOrigin origin) {
    return trustedHosts.contains(origin.host()) || trustedHosts.contains(origin.authority());
  }
}
