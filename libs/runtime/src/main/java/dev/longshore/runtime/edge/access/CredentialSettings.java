package dev.longshore.runtime.edge.access;

import dev.longshore.settings.Secret;
import dev.longshore.settings.Setting;
import org.jspecify.annotations.Nullable;

/** A username with a password, or a token. */
public record CredentialSettings(
    @Setting(doc = "user of HTTP basic") @Nullable String username,
    @Setting(doc = "file with the password; a final newline is ignored") @Nullable Secret password,
    @Setting(doc = "file with a bearer token, instead of username and password")
        @Nullable Secret token) {

  public CredentialSettings {
    boolean basic = username != null && password != null && token == null;
    boolean bearer = username == null && password == null && token != null;
    if (!basic && !bearer) {
      throw new IllegalArgumentException(
          "expected username and password-file, or token-file alone");
    }
    if (username != null && username.indexOf(':') >= 0) {
      throw new IllegalArgumentException("a username holds no colon");
    }
  }

  /** The same as one of the two kinds. */
  public Credentials credentials() {
    if (token != null) {
      return new Credentials.Bearer(token);
    }
    if (username != null && password != null) {
      return new Credentials.Basic(username, password);
    }
    throw new IllegalStateException("credentials of neither form passed the constructor");
  }
}
