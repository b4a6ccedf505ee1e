package dev.longshore.app.login;

import dev.longshore.model.RegistryHost;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.RegistryException.Attempt;
import dev.longshore.oci.RegistryException.Kind;
import dev.longshore.oci.login.DockerConfig;
import dev.longshore.oci.login.KeptLogin;
import dev.longshore.oci.login.NoLoginException;
import dev.longshore.oci.registry.Login;
import dev.longshore.oci.registry.RegistryCredentials;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** What a config.json of Docker says now: credentials, or the helper that has them. */
final class DockerLogin implements Login {
  private final Path path;
  private final LoginFile<DockerConfig> file;
  private final Function<String, KeptLogin> helper;
  private final Map<String, KeptLogin> helpers = new ConcurrentHashMap<>();

  /**
   * @param helper makes the login of a credential helper from its name
   */
  DockerLogin(Path path, RegistryHost host, Function<String, KeptLogin> helper) {
    this.path = path;
    this.file = new LoginFile<>(path, content -> DockerConfig.of(content, host));
    this.helper = helper;
  }

  @Override
  public RegistryCredentials current(Attempt attempt) throws RegistryException {
    try {
      return switch (file.content()) {
        case DockerConfig.Stored(var credentials) -> credentials;
        case DockerConfig.Helper(String name) ->
            helpers.computeIfAbsent(name, helper).current(attempt);
      };
    } catch (NoLoginException e) {
      throw attempt.failed(Kind.UNAUTHORIZED, "docker-config: " + e.getMessage());
    }
  }

  @Override
  public void refused(RegistryCredentials credentials) {
    helpers.values().forEach(asked -> asked.refused(credentials));
  }

  /** Where the credentials come from, in words. */
  String from() {
    try {
      return switch (file.content()) {
        case DockerConfig.Stored _ -> path.toString();
        case DockerConfig.Helper(String name) ->
            "docker-credential-%s, which %s names".formatted(name, path);
      };
    } catch (NoLoginException e) {
      return path.toString();
    }
  }
}
