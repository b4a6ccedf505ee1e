package dev.longshore.oci.registry;

import dev.longshore.model.RegistryHost;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.RegistryException.Attempt;
import dev.longshore.oci.source.FailureReach;

/** Pings a registry and its token server: earlier tokens prove nothing. */
final class RegistryPing implements FailureReach.Ping {
  /** Bytes; registries answer with two. */
  private static final int LIMIT = 64 * 1024;

  private final RegistryHttp http;
  private final Registries registries;

  RegistryPing(RegistryHttp http, Registries registries) {
    this.http = http;
    this.registries = registries;
  }

  @Override
  public void ask(RegistryHost registry) throws RegistryException {
    RegistryConfig config = registries.config(registry);
    var attempt = new Attempt("GET /v2/ of", registry.toString());
    HttpCall call = HttpCall.get(Routes.root(config), "application/json, */*");
    http.withoutTokens().small(config, TokenScope.none(), call, LIMIT, attempt);
  }
}
