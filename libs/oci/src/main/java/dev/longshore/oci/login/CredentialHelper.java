package dev.longshore.oci.login;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longshore.model.RegistryHost;
import dev.longshore.oci.registry.RegistryCredentials;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** The protocol of Docker's credential helpers: {@code docker-credential-NAME get}. */
public final class CredentialHelper {
  /** A name is a part of a program's: it must not lead elsewhere. */
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");

  /** The user that stands before an identity token. */
  private static final String IDENTITY = "<token>";

  /** Helpers print these in place of an answer, and end with exit code 1. */
  private static final Set<String> REFUSALS =
      Set.of(
          "credentials not found in native keychain",
          "no credentials server URL",
          "no credentials username");

  private CredentialHelper() {}

  /** The name if a helper can have it. */
  static String checked(String name) throws NoLoginException {
    if (!isName(name)) {
      throw new NoLoginException(
          "it names a credential helper that cannot be one (expected: the part of its name after"
              + " docker-credential-)");
    }
    return name;
  }

  /** Whether a helper can have this name. */
  public static boolean isName(String name) {
    return NAME.matcher(name).matches();
  }

  /**
   * What to run.
   *
   * @param name or the absolute path of the helper
   */
  public static List<String> line(String name) {
    return List.of(name.startsWith("/") ? name : "docker-credential-" + name, "get");
  }

  /** What to write to its input. */
  public static String input(RegistryHost host) {
    return HostNames.asked(host);
  }

  /** The reason that a helper printed in place of an answer, if it is one that holds no secret. */
  public static Optional<String> refusal(String out) {
    String said = out.strip();
    return REFUSALS.stream().filter(said::equals).findFirst();
  }

  /** Reads its answer. */
  public static IssuedCredentials answer(byte[] out) throws NoLoginException {
    String what = "its answer";
    JsonNode json = SecretJson.object(out, what);
    Optional<String> user = SecretJson.text(json, "Username");
    Optional<String> secret = SecretJson.text(json, "Secret");
    if (user.isEmpty() || secret.isEmpty()) {
      throw new NoLoginException(what + " lacks Username or Secret");
    }
    return IssuedCredentials.of(
        user.get().equals(IDENTITY)
            ? new RegistryCredentials.IdentityToken(SecretJson.token(secret.get(), what))
            : SecretJson.basic(user.get(), secret.get(), what));
  }
}
