package dev.longshore.runtime.config;

import dev.longshore.runtime.edge.access.CredentialSettings;
import dev.longshore.settings.Secret;
import dev.longshore.settings.Setting;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Where the credentials for one registry come from: exactly one source. */
public record LoginSettings(
    @Setting(doc = "user of HTTP basic; with command, the user whose password its token is")
        @Nullable String username,
    @Setting(doc = "file with the password; a final newline is ignored") @Nullable Secret password,
    @Setting(doc = "file with a bearer token, instead of username and password")
        @Nullable Secret token,
    @Setting(
            doc =
                "path of a config.json of Docker, or user for the one that Docker itself would"
                    + " read: in DOCKER_CONFIG, or else in ~/.docker")
        @Nullable String dockerConfig,
    @Setting(doc = "path of a hosts.toml of containerd; its credentials, ca and client are used")
        @Nullable Path containerdHosts,
    @Setting(
            doc =
                "a credential helper of Docker: NAME of docker-credential-NAME on PATH, such as"
                    + " ecr-login, or an absolute path")
        @Nullable String helper,
    @Setting(
            value = "[]",
            doc =
                "a program that prints credentials as JSON, and its arguments; runs without a"
                    + " shell")
        List<String> command) {

  /** The value of {@code docker-config} that means the user's own file. */
  public static final String OF_THE_USER = "user";

  private static final Pattern HELPER = Pattern.compile("/.+|[A-Za-z0-9][A-Za-z0-9._-]*");

  public LoginSettings {
    command = List.copyOf(command);
    boolean basic = username != null && password != null;
    boolean half =
        command.isEmpty() ? basic != (username != null || password != null) : password != null;
    long places =
        Stream.of(basic ? password : null, token, dockerConfig, containerdHosts, helper)
                .filter(Objects::nonNull)
                .count()
            + (command.isEmpty() ? 0 : 1);
    if (half || places != 1) {
      throw new IllegalArgumentException(
          "expected one of: username and password-file, token-file, docker-config,"
              + " containerd-hosts, helper, command (perhaps with username)");
    }
    if (username != null && username.indexOf(':') >= 0) {
      throw new IllegalArgumentException("a username holds no colon");
    }
    if (helper != null && !HELPER.matcher(helper).matches()) {
      throw new IllegalArgumentException(
          "helper: \""
              + helper
              + "\" (expected: the part after docker-credential-, or an absolute path)");
    }
  }

  /** From credentials as listeners have them: a password or a token. */
  public static @Nullable LoginSettings of(@Nullable CredentialSettings credentials) {
    return credentials == null
        ? null
        : new LoginSettings(
            credentials.username(),
            credentials.password(),
            credentials.token(),
            null,
            null,
            null,
            List.of());
  }
}
