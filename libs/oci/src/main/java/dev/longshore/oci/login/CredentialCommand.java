package dev.longshore.oci.login;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longshore.model.RegistryHost;
import dev.longshore.oci.registry.RegistryCredentials;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Map;
import java.util.Optional;

/**
 * What a program may print: Longshore's own form, {@code aws ecr get-authorization-token}, {@code
 * gcloud config config-helper}, and Kubernetes' ExecCredential and CredentialProviderResponse.
 */
public final class CredentialCommand {
  private static final String WHAT = "its answer";

  private static final String FORMS =
      " (expected: username and password, or token, perhaps expires; docs/configuration.md has all"
          + " forms)";

  private CredentialCommand() {}

  /** What to write to its input: the request that kubelet writes to its credential providers. */
  public static String input(RegistryHost host) {
    return ("{\"apiVersion\":\"credentialprovider.kubelet.k8s.io/v1\","
            + "\"kind\":\"CredentialProviderRequest\",\"image\":\"%s\"}\n")
        .formatted(host);
  }

  /**
   * Reads its answer.
   *
   * @param user whose password a token is; empty for one that is sent as it is
   */
  public static IssuedCredentials answer(
      byte[] out, RegistryHost host, Optional<String> user, Instant now) throws NoLoginException {
    JsonNode json = SecretJson.object(out, WHAT);
    if (json.has("authorizationData")) {
      return amazon(json.path("authorizationData").path(0));
    }
    return switch (json.path("kind").asText("")) {
      case "CredentialProviderResponse" -> kubelet(json, host, now);
      case "ExecCredential" -> token(json.path("status"), "token", "expirationTimestamp", user);
      default ->
          json.path("credential").has("access_token")
              ? token(json.path("credential"), "access_token", "token_expiry", user)
              : own(json, user);
    };
  }

  private static IssuedCredentials own(JsonNode json, Optional<String> user)
      throws NoLoginException {
    Optional<String> password = SecretJson.text(json, "password");
    Optional<String> named = SecretJson.text(json, "username").or(() -> user);
    if (password.isPresent() && named.isPresent()) {
      return new IssuedCredentials(
          SecretJson.basic(named.get(), password.get(), WHAT), instant(json.path("expires")));
    }
    return token(json, "token", "expires", named);
  }

  private static IssuedCredentials token(
      JsonNode json, String field, String expiry, Optional<String> user) throws NoLoginException {
    Optional<String> token = SecretJson.text(json, field);
    if (token.isEmpty()) {
      throw new NoLoginException(WHAT + " holds no credentials" + FORMS);
    }
    RegistryCredentials credentials =
        user.isPresent()
            ? SecretJson.basic(user.get(), token.get(), WHAT)
            : SecretJson.bearer(token.get(), WHAT);
    return new IssuedCredentials(credentials, instant(json.path(expiry)));
  }

  private static IssuedCredentials amazon(JsonNode data) throws NoLoginException {
    Optional<String> pair = SecretJson.text(data, "authorizationToken");
    if (pair.isEmpty()) {
      throw new NoLoginException(WHAT + " holds no authorizationData[0].authorizationToken");
    }
    return new IssuedCredentials(
        SecretJson.pair(pair.get(), WHAT), instant(data.path("expiresAt")));
  }

  private static IssuedCredentials kubelet(JsonNode json, RegistryHost host, Instant now)
      throws NoLoginException {
    Optional<JsonNode> entry =
        json.path("auth")
            .propertyStream()
            .filter(named -> matches(HostNames.bare(named.getKey()), host.value()))
            .map(Map.Entry::getValue)
            .findFirst();
    if (entry.isEmpty()) {
      throw new NoLoginException(WHAT + " has no auth for " + host);
    }
    Optional<String> user = SecretJson.text(entry.get(), "username");
    Optional<String> password = SecretJson.text(entry.get(), "password");
    if (user.isEmpty() || password.isEmpty()) {
      throw new NoLoginException(WHAT + " lacks username or password for " + host);
    }
    return new IssuedCredentials(
        SecretJson.basic(user.get(), password.get(), WHAT),
        SecretJson.text(json, "cacheDuration").flatMap(text -> after(now, text)));
  }

  /** Kubelet's globs: a {@code *} is a part of one label. */
  private static boolean matches(String glob, String host) {
    String[] wanted = glob.split("\\.", -1);
    String[] labels = host.split("\\.", -1);
    if (wanted.length != labels.length) {
      return false;
    }
    for (int i = 0; i < labels.length; i++) {
      if (!matchesLabel(wanted[i], labels[i])) {
        return false;
      }
    }
    return true;
  }

  /** Go's form of a duration, such as {@code 6h0m0s}; zero and what is none count as not said. */
  private static Optional<Instant> after(Instant now, String goDuration) {
    try {
      Duration life = Duration.parse("PT" + goDuration);
      return life.isPositive() ? Optional.of(now.plus(life)) : Optional.empty();
    } catch (DateTimeException | ArithmeticException e) {
      return Optional.empty();
    }
  }

  /** A text of RFC 3339, or seconds since 1970 as older AWS commands print them. */
  private static Optional<Instant> instant(JsonNode node) throws NoLoginException {
    if (node.isMissingNode() || node.isNull()) {
      return Optional.empty();
    }
    try {
      if (node.isNumber()) {
        return Optional.of(Instant.ofEpochSecond((long) node.doubleValue()));
      }
      return Optional.of(OffsetDateTime.parse(node.asText()).toInstant());
    } catch (DateTimeException e) {
      throw new NoLoginException(
          WHAT + " has an expiry that is no time (expected: such as 2027-01-31T12:00:00Z)");
    }
  }

  /** One label against one of a glob with at most one star. */
  private static boolean matchesLabel(String glob, String label) {
    int star = glob.indexOf('*');
    if (star < 0) {
      return glob.equals(label);
    }
    String before = glob.substring(0, star);
    String after = glob.substring(star + 1);
    return label.length() >= before.length() + after.length()
        && label.startsWith(before)
        && label.endsWith(after);
  }
}
