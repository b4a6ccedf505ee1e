package dev.longshore.app;

import dev.longshore.app.login.RegistryAccess;
import dev.longshore.model.RegistryHost;
import dev.longshore.oci.registry.Registries;
import dev.longshore.oci.registry.RegistryClient;
import dev.longshore.oci.registry.RegistryConfig;
import dev.longshore.oci.registry.RegistryCredentials;
import dev.longshore.runtime.config.RegistrySettings;
import dev.longshore.runtime.edge.access.CredentialSettings;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes the configured registries for the client. */
public final class SourceRegistries {
  private SourceRegistries() {}

  public static Registries of(List<RegistrySettings> registries) {
    return Registries.of(
        registries.stream().map(RegistryAccess::of).map(RegistryAccess::config).toList());
  }

  /** A client for all of them, without a call. */
  public static RegistryClient client(List<RegistrySettings> registries) {
    return new RegistryClient(of(registries));
  }

  /** A registry at another address than its name, such as a resolver. */
  public static RegistryConfig config(
      RegistryHost host, URI endpoint, @Nullable CredentialSettings credentials) {
    RegistryConfig config = RegistryConfig.of(host).withEndpoint(endpoint);
    return credentials == null ? config : config.withLogin(_ -> credentials(credentials));
  }

  /** The current login, from the files of the password or token. */
  private static RegistryCredentials credentials(CredentialSettings settings) {
    return switch (settings.credentials()) {
      case dev.longshore.runtime.edge.access.Credentials.Basic basic ->
          new RegistryCredentials.Basic(basic.username(), basic.password().reveal());
      case dev.longshore.runtime.edge.access.Credentials.Bearer bearer ->
          new RegistryCredentials.Token(bearer.token().reveal());
    };
  }
}
