package dev.longshore.app.mirror;

import dev.longshore.model.RegistryHost;
import java.net.URI;
import java.util.Locale;
import java.util.Optional;

/**
 * A registry whose images a runtime asks the resolver for.
 *
 * @param name as before a repository, or {@code _default}: every registry without an entry
 * @param upstream its own address, asked last; the runtime's own idea if empty
 */
public record MirroredRegistry(String name, Optional<URI> upstream) {
  static final String DEFAULT = "_default";
  static final String HUB = RegistryHost.DOCKER_HUB.value();

  /** Parses {@code docker.io}, {@code localhost:5000=http://10.0.0.7:5000} or {@code _default}. */
  public static MirroredRegistry parse(String text) {
    int equals = text.indexOf('=');
    if (text.equals(DEFAULT)) {
      return new MirroredRegistry(DEFAULT, Optional.empty());
    }
    RegistryHost host = new RegistryHost(equals < 0 ? text : text.substring(0, equals));
    return equals < 0 ? of(host) : at(host, URI.create(text.substring(equals + 1)));
  }

  /** At its usual address. */
  public static MirroredRegistry of(RegistryHost host) {
    if (host.isLoopback()) {
      // A runtime finds out by itself whether that speaks TLS.
      return new MirroredRegistry(host.value(), Optional.empty());
    }
    String at = host.equals(RegistryHost.DOCKER_HUB) ? "registry-1.docker.io" : host.value();
    return new MirroredRegistry(host.value(), Optional.of(URI.create("https://" + at)));
  }

  /** At this address. */
  public static MirroredRegistry at(RegistryHost host, URI upstream) {
    String scheme = String.valueOf(upstream.getScheme()).toLowerCase(Locale.ROOT);
    if ((!scheme.equals("http") && !scheme.equals("https"))
        || upstream.getHost() == null
        || upstream.getRawUserInfo() != null) {
      throw new IllegalArgumentException(
          "the address of %s (expected: http:// or https:// and a host, no user)".formatted(host));
    }
    return new MirroredRegistry(host.value(), Optional.of(upstream));
  }

  boolean isDefault() {
    return name.equals(DEFAULT);
  }
}
