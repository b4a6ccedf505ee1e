package dev.longshore.oci.login;

import dev.longshore.model.RegistryHost;
import java.util.List;
import java.util.Locale;

/** The names under which credentials for a registry are kept. */
final class HostNames {
  /** Docker Hub's key in Docker's configuration and for its helpers. */
  private static final String HUB = "https://index.docker.io/v1/";

  private HostNames() {}

  /** What to ask a credential helper for. */
  static String asked(RegistryHost host) {
    return host.equals(RegistryHost.DOCKER_HUB) ? HUB : host.value();
  }

  /** Whether a key of Docker's configuration names the registry; it may be a URL. */
  static boolean names(String key, RegistryHost host) {
    String bare = bare(key);
    return host.equals(RegistryHost.DOCKER_HUB)
        ? List.of("docker.io", "index.docker.io", "registry-1.docker.io").contains(bare)
        : bare.equals(host.value());
  }

  /** The host and port of a key, which may have a scheme and a path. */
  static String bare(String key) {
    String rest = key.replaceFirst("^https?://", "");
    int slash = rest.indexOf('/');
    return (slash < 0 ? rest : rest.substring(0, slash)).toLowerCase(Locale.ROOT);
  }
}
