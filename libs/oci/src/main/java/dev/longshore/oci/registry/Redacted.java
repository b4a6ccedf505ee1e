package dev.longshore.oci.registry;

import dev.longshore.model.Excerpt;
import java.net.URI;

/**
 * Addresses for messages: without user, query and fragment, which carry passwords and signatures.
 */
final class Redacted {
  private Redacted() {}

  static String uri(URI uri) {
    if (uri.getHost() == null) {
      return "an address without a host";
    }
    String path = uri.getRawPath() == null ? "" : uri.getRawPath();
    return Excerpt.of(uri.getScheme() + "://" + WebOrigin.of(uri).authority() + path);
  }

  /** A server's words without our login, in case it repeats that. */
  static String scrub(String text, RegistryCredentials credentials) {
    return switch (credentials) {
      case RegistryCredentials.Anonymous anonymous -> text;
      case RegistryCredentials.Basic basic ->
          without(without(text, basic.password()), Authorizer.basic(basic));
      case RegistryCredentials.Token token -> without(text, token.value());
      case RegistryCredentials.IdentityToken identity -> without(text, identity.value());
    };
  }

  private static String without(String text, String secret) {
    return secret.isEmpty() ? text : text.replace(secret, "***");
  }
}
