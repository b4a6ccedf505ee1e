package dev.longshore.oci.registry;

/** How to log in to one registry. Never printed: {@code toString} gives only the kind. */
public sealed interface RegistryCredentials {
  /** No login; a token server may still hand out anonymous tokens. */
  record Anonymous() implements RegistryCredentials {}

  /** User and password, for Basic challenges and for token servers. */
  record Basic(String user, String password) implements RegistryCredentials {
    @Override
    public String toString() {
      return "Basic[redacted]";
    }
  }

  /** A bearer token, sent unchanged. */
  record Token(String value) implements RegistryCredentials {
    @Override
    public String toString() {
      return "Token[redacted]";
    }
  }

  /**
   * An OAuth2 refresh token, which a token server exchanges for tokens; Docker calls it an identity
   * token.
   */
  record IdentityToken(String value) implements RegistryCredentials {
    @Override
    public String toString() {
      return "IdentityToken[redacted]";
    }
  }

  static RegistryCredentials anonymous() {
    return new Anonymous();
  }
}
