package dev.longshore.app.login;

import dev.longshore.model.RegistryHost;
import dev.longshore.oci.login.CredentialCommand;
import dev.longshore.oci.login.CredentialHelper;
import dev.longshore.oci.login.KeptLogin;
import dev.longshore.oci.login.NoLoginException;
import dev.longshore.oci.registry.Login;
import dev.longshore.oci.registry.RegistryConfig;
import dev.longshore.oci.registry.RegistryCredentials;
import dev.longshore.runtime.config.LoginSettings;
import dev.longshore.runtime.config.RegistrySettings;
import dev.longshore.runtime.service.tls.ClientTls;
import dev.longshore.runtime.service.tls.ClientTlsSettings;
import dev.longshore.settings.Secret;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How one registry is spoken to: the login, from the one place that its settings name, and whom to
 * trust.
 */
public final class RegistryAccess {
  private final RegistryConfig config;
  private final Supplier<String> from;
  private final Tls tls;

  /** The files for connections, which a file may name. */
  @FunctionalInterface
  private interface Tls {
    Optional<ClientTlsSettings> now() throws NoLoginException;
  }

  private RegistryAccess(RegistryConfig config, Supplier<String> from, Tls tls) {
    this.config = config;
    this.from = from;
    this.tls = tls;
  }

  /** Reads and asks nothing yet, but for the files of {@code tls}. */
  public static RegistryAccess of(RegistrySettings registry) {
    return of(registry, ProgramSource.LIMIT, InstantSource.system());
  }

  static RegistryAccess of(RegistrySettings registry, Duration limit, InstantSource clock) {
    RegistryConfig config = RegistryConfig.of(new RegistryHost(registry.host()));
    if (registry.url() != null || registry.plainHttp()) {
      config = config.withEndpoint(registry.endpoint());
    }
    ClientTlsSettings tls = registry.tls();
    if (tls != null) {
      config = config.withTls(ClientTls.of(tls).context());
    }
    return of(config, registry.credentials(), tls, limit, clock);
  }

  private static RegistryAccess of(
      RegistryConfig config,
      @Nullable LoginSettings settings,
      @Nullable ClientTlsSettings tls,
      Duration limit,
      InstantSource clock) {
    Tls fixed = () -> Optional.ofNullable(tls);
    RegistryHost host = config.host();
    if (settings == null) {
      return new RegistryAccess(config, () -> "nowhere: none are configured", fixed);
    }
    if (settings.dockerConfig() != null) {
      var login =
          new DockerLogin(
              dockerConfig(settings.dockerConfig(), System.getenv()),
              host,
              name -> helper(name, host, limit, clock));
      return new RegistryAccess(config.withLogin(login), login::from, fixed);
    }
    if (settings.containerdHosts() != null) {
      Path path = settings.containerdHosts();
      var login = new HostsLogin(path, host, config.endpoint());
      return new RegistryAccess(
          config.withLogin(login).withTrust(login), path::toString, login::tls);
    }
    if (settings.helper() != null) {
      String name = settings.helper();
      return new RegistryAccess(
          config.withLogin(helper(name, host, limit, clock)),
          () -> CredentialHelper.line(name).getFirst(),
          fixed);
    }
    if (!settings.command().isEmpty()) {
      String program = settings.command().getFirst();
      return new RegistryAccess(
          config.withLogin(command(settings, host, limit, clock)), () -> program, fixed);
    }
    Login login = _ -> configured(settings);
    String what = settings.token() == null ? "password-file" : "token-file";
    return new RegistryAccess(config.withLogin(login), () -> what, fixed);
  }

  private static KeptLogin helper(
      String name, RegistryHost host, Duration limit, InstantSource clock) {
    List<String> line = CredentialHelper.line(name);
    var source =
        new ProgramSource(
            line,
            CredentialHelper.input(host),
            limit,
            CredentialHelper::answer,
            CredentialHelper::refusal);
    return new KeptLogin(String.join(" ", line) + " for " + host, source, clock);
  }

  /** Its arguments may be long, or what nobody else should read: they are not shown. */
  private static KeptLogin command(
      LoginSettings settings, RegistryHost host, Duration limit, InstantSource clock) {
    Optional<String> user = Optional.ofNullable(settings.username());
    var source =
        new ProgramSource(
            settings.command(),
            CredentialCommand.input(host),
            limit,
            out -> CredentialCommand.answer(out, host, user, clock.instant()),
            _ -> Optional.empty());
    return new KeptLogin("credentials.command " + settings.command().getFirst(), source, clock);
  }

  /** The current login, from the files of the password or token. */
  private static RegistryCredentials configured(LoginSettings settings) {
    Secret token = settings.token();
    return token != null
        ? new RegistryCredentials.Token(token.reveal())
        : new RegistryCredentials.Basic(
            Objects.requireNonNull(settings.username()),
            Objects.requireNonNull(settings.password()).reveal());
  }

  static Path dockerConfig(String setting, Map<String, String> environment) {
    if (!setting.equals(LoginSettings.OF_THE_USER)) {
      return Path.of(setting);
    }
    String folder = environment.get("DOCKER_CONFIG");
    return folder == null || folder.isEmpty()
        ? Path.of(System.getProperty("user.home"), ".docker", "config.json")
        : Path.of(folder, "config.json");
  }

  /** For the client. */
  public RegistryConfig config() {
    return config;
  }

  /** Where the credentials come from, in words, without them. */
  public String from() {
    return from.get();
  }

  /**
   * Authorities and certificate for connections, as the settings or a file name them now.
   *
   * @throws NoLoginException when that file cannot be used
   */
  public Optional<ClientTlsSettings> tls() throws NoLoginException {
    return tls.now();
  }
}
