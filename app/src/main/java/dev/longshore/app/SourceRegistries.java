package dev.longshore.app;

import dev.longshore.oci.RegistryHost;
import dev.longshore.oci.registry.Credentials;
import dev.longshore.oci.registry.Registries;
import dev.longshore.oci.registry.RegistryConfig;
import dev.longshore.runtime.config.ClientTlsSettings;
import dev.longshore.runtime.config.CredentialSettings;
import dev.longshore.runtime.config.RegistrySettings;
import dev.longshore.runtime.tls.ClientTls;
import java.util.List;

/** The configured registries, for the client that reads them. */
public final class SourceRegistries {
  private SourceRegistries() {}

  public static Registries of(List<RegistrySettings> registries) {
    return Registries.of(registries.stream().map(SourceRegistries::config).toList());
  }

  private static RegistryConfig config(RegistrySettings registry) {
    RegistryConfig config = RegistryConfig.of(new RegistryHost(registry.host()));
    if (registry.url() != null || registry.plainHttp()) {
      config = config.withEndpoint(registry.endpoint());
    }
    ClientTlsSettings tls = registry.tls();
    if (tls != null) {
      config = config.withTls(ClientTls.of(tls).context());
    }
    CredentialSettings shown = registry.credentials();
    return shown == null ? config : config.withCredentials(credentials(shown));
  }

  private static Credentials credentials(CredentialSettings settings) {
    return switch (settings.credentials()) {
      case dev.longshore.runtime.config.Credentials.Basic basic ->
          new Credentials.Basic(basic.username(), basic.password().reveal());
      case dev.longshore.runtime.config.Credentials.Bearer bearer ->
          new Credentials.Token(bearer.token().reveal());
    };
  }
}
