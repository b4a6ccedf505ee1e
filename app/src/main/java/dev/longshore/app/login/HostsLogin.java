package dev.longshore.app.login;

import dev.longshore.model.RegistryHost;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.RegistryException.Attempt;
import dev.longshore.oci.RegistryException.Kind;
import dev.longshore.oci.login.HostsToml;
import dev.longshore.oci.login.NoLoginException;
import dev.longshore.oci.registry.Login;
import dev.longshore.oci.registry.RegistryCredentials;
import dev.longshore.oci.registry.Trust;
import dev.longshore.runtime.service.tls.ClientTls;
import dev.longshore.runtime.service.tls.ClientTlsSettings;
import dev.longshore.runtime.service.tls.TlsException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** Credentials and trusted authorities from containerd's hosts.toml, as of now. */
final class HostsLogin implements Login, Trust {
  private final Path path;
  private final LoginFile<HostsToml> file;
  private @Nullable Made made;

  private record Made(ClientTlsSettings settings, SSLContext context) {}

  HostsLogin(Path path, RegistryHost host, URI endpoint) {
    Path absolute = path.toAbsolutePath();
    Path folder = absolute.getParent() == null ? absolute : absolute.getParent();
    this.path = path;
    this.file = new LoginFile<>(path, content -> HostsToml.of(content, host, endpoint, folder));
  }

  @Override
  public RegistryCredentials current(Attempt attempt) throws RegistryException {
    try {
      return file.content().credentials().orElse(RegistryCredentials.anonymous());
    } catch (NoLoginException e) {
      throw attempt.failed(Kind.UNAUTHORIZED, "containerd-hosts: " + e.getMessage());
    }
  }

  @Override
  public Optional<SSLContext> context() throws IOException {
    try {
      return tls().map(this::context);
    } catch (NoLoginException e) {
      throw new IOException("containerd-hosts: " + e.getMessage(), e);
    } catch (TlsException e) {
      throw new IOException("containerd-hosts: %s: %s".formatted(path, e.getMessage()), e);
    }
  }

  /** The files to trust and to show; empty for the Java runtime's. */
  Optional<ClientTlsSettings> tls() throws NoLoginException {
    HostsToml toml = file.content();
    return toml.ca().isEmpty() && toml.certificate().isEmpty()
        ? Optional.empty()
        : Optional.of(
            new ClientTlsSettings(
                toml.ca().orElse(null), toml.certificate().orElse(null), toml.key().orElse(null)));
  }

  /** One for the same files, which it follows; others take another. */
  private synchronized SSLContext context(ClientTlsSettings settings) {
    Made known = made;
    if (known == null || !known.settings.equals(settings)) {
      known = new Made(settings, ClientTls.of(settings).context());
      made = known;
    }
    return known.context;
  }
}
