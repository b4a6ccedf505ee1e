package dev.longshore.oci.login;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longshore.model.RegistryHost;
import dev.longshore.oci.registry.RegistryCredentials;
import java.util.Map;
import java.util.Optional;

/**
 * Docker's {@code config.json}, read in Docker's order: the registry's own helper, the helper for
 * all, what the file itself holds.
 */
public sealed interface DockerConfig {
  /** The file holds the credentials. */
  record Stored(RegistryCredentials credentials) implements DockerConfig {}

  /**
   * A credential helper has them.
   *
   * @param name without {@code docker-credential-}
   */
  record Helper(String name) implements DockerConfig {}

  /**
   * What the file says of one registry.
   *
   * @throws NoLoginException when that is nothing, or it cannot be used
   */
  static DockerConfig of(byte[] file, RegistryHost host) throws NoLoginException {
    JsonNode json = SecretJson.object(file, "the file");
    Optional<JsonNode> own = entry(json.path("credHelpers"), host);
    Optional<String> helper =
        own.isPresent()
            ? own.filter(JsonNode::isTextual).map(JsonNode::textValue)
            : SecretJson.text(json, "credsStore");
    // Docker, too: an empty name turns the helper for all off.
    if (helper.isPresent() && !helper.get().isEmpty()) {
      return new Helper(CredentialHelper.checked(helper.get()));
    }
    Optional<JsonNode> entry = entry(json.path("auths"), host);
    if (entry.isEmpty()) {
      throw new NoLoginException(
          "it names no credentials for %s: run docker login %s, or correct the setting"
              .formatted(host, host));
    }
    return new Stored(stored(entry.get(), host));
  }

  private static RegistryCredentials stored(JsonNode entry, RegistryHost host)
      throws NoLoginException {
    String what = "its entry for " + host;
    Optional<String> bearer = SecretJson.text(entry, "registrytoken");
    if (bearer.isPresent()) {
      return SecretJson.bearer(bearer.get(), what);
    }
    Optional<String> identity = SecretJson.text(entry, "identitytoken");
    if (identity.isPresent()) {
      return new RegistryCredentials.IdentityToken(SecretJson.token(identity.get(), what));
    }
    Optional<String> pair = SecretJson.text(entry, "auth");
    if (pair.isPresent()) {
      return SecretJson.pair(pair.get(), what);
    }
    Optional<String> user = SecretJson.text(entry, "username");
    Optional<String> password = SecretJson.text(entry, "password");
    if (user.isPresent() && password.isPresent()) {
      return SecretJson.basic(user.get(), password.get(), what);
    }
    throw new NoLoginException(
        what + " holds neither auth, identitytoken nor a helper: run docker login again");
  }

  private static Optional<JsonNode> entry(JsonNode section, RegistryHost host) {
    return section
        .propertyStream()
        .filter(named -> HostNames.names(named.getKey(), host))
        .map(Map.Entry::getValue)
        .findFirst();
  }
}
