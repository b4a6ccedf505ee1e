package dev.longshore.oci.registry;

import dev.longshore.oci.RegistryException;
import dev.longshore.oci.RegistryException.Attempt;
import dev.longshore.oci.RegistryException.Kind;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * Where a registry's URLs may send us: to token servers in its own domain, which get the password,
 * and by redirects to any host, which gets nothing. {@link AddressRule} limits the addresses of
 * those hosts.
 */
final class HostRule {
  private HostRule() {}

  /** Checks the realm of a Bearer challenge. */
  static void checkRealm(RegistryConfig config, URI realm, Attempt attempt)
      throws RegistryException {
    WebOrigin registry = WebOrigin.of(config.endpoint());
    WebOrigin server = WebOrigin.of(realm);
    if (realm.getHost() == null || realm.getRawUserInfo() != null || realm.getFragment() != null) {
      throw refused(attempt, "the token server's address is not a plain URL", realm);
    }
    if (!server.secure() && !server.scheme().equals("http")) {
      throw refused(attempt, "the token server's address is not http or https", realm);
    }
    if (registry.secure() && !server.secure()) {
      throw refused(attempt, "an https registry names a token server without TLS", realm);
    }
    if (!config.trusts(server) && !server.equals(registry) && !sameDomain(registry, server)) {
      throw refused(
          attempt,
          "the token server is outside the registry's domain; if that is right, list it as a"
              + " trusted host of the registry",
          realm);
    }
  }

  private static boolean sameDomain(WebOrigin registry, WebOrigin server) {
    if (isAddress(server.host())) {
      return false;
    }
    return server.host().equals(registry.host())
        || (server.standardPort()
            && RegistrableDomain.of(registry.host()).equals(RegistrableDomain.of(server.host())));
  }

  /** Checks the target of a redirect; credentials never go there unless the origin is the same. */
  static void checkRedirect(RegistryConfig config, URI from, URI to, Attempt attempt)
      throws RegistryException {
    WebOrigin target = WebOrigin.of(to);
    if (to.getHost() == null || to.getRawUserInfo() != null) {
      throw refused(attempt, "redirected to something that is not a plain URL", to);
    }
    if (!target.secure() && !target.scheme().equals("http")) {
      throw refused(attempt, "redirected to something that is not http or https", to);
    }
    if (WebOrigin.of(from).secure() && !target.secure()) {
      throw refused(attempt, "redirected from https to http", to);
    }
  }

  private static boolean isAddress(String host) {
    return host.startsWith("[")
        || host.equals("localhost")
        || host.endsWith(".localhost")
        || literal(host) != null;
  }

  static @Nullable InetAddress literal(String host) {
    String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    try {
      return Inet4Address.ofPosixLiteral(bare);
    } catch (IllegalArgumentException posix) {
      try {
        return InetAddress.ofLiteral(bare);
      } catch (IllegalArgumentException notAnAddress) {
        return null;
      }
    }
  }

  private static RegistryException refused(Attempt attempt, String reason, URI uri) {
    return attempt.failed(Kind.UNSUPPORTED, reason + ": " + Redacted.uri(uri));
  }
}
