package dev.longshore.oci.registry;

/** How to log in to one registry. Never shown: {@code toString} gives the kind alone. */
public sealed interface Credentials {
  /** No login; a token server may still hand out anonymous tokens. */
  record Anonymous() implements Credentials {}

  /** User and password, for Basic challenges and for token servers. */
  record Basic(String user, String password) implements Credentials {
    @Override
    public String toString() {
      return "Basic[redacted]";
    }
  }

  /** A bearer token that is sent as it is. */
  record Token(String value) implements Credentials {
    @Override
    public String toString() {
      return "Token[redacted]";
    }
  }

  static Credentials anonymous() {
    return new Anonymous();
  }
}
