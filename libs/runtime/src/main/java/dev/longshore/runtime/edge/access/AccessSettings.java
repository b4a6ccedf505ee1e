package dev.longshore.runtime.edge.access;

import dev.longshore.runtime.service.tls.ServerTlsSettings;
import dev.longshore.settings.Inline;
import dev.longshore.settings.Setting;
import dev.longshore.settings.value.Listen;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Who may use a listener, and how the link to it is secured. */
public record AccessSettings(
    @Setting(
            doc =
                "credentials that callers must show, even to read; or use tokens-file or"
                    + " tls.client-ca-file")
        @Nullable CredentialSettings credentials,
    @Setting(
            doc =
                "YAML file with a token, rights and optional expiry for each caller, in addition to"
                    + " credentials or instead of them; docs/security.md has its format")
        @Nullable Path tokensFile,
    @Inline PersonHeaders people,
    @Setting(value = "false", doc = "admit everyone who reaches an address that is not loopback")
        boolean allowAnonymous,
    @Setting(doc = "its certificate; without one it speaks plain HTTP or gRPC")
        @Nullable ServerTlsSettings tls,
    @Setting(
            value = "false",
            doc = "allow plain text at an address that is not loopback, in a closed network")
        boolean allowPlaintext) {

  /** For loopback: open to everyone, without TLS. */
  public static final AccessSettings OPEN = new AccessSettings(null, false, null, false);

  /** With the usual headers of proxies. */
  public AccessSettings(
      @Nullable CredentialSettings credentials,
      @Nullable Path tokensFile,
      boolean allowAnonymous,
      @Nullable ServerTlsSettings tls,
      boolean allowPlaintext) {
    this(credentials, tokensFile, PersonHeaders.USUAL, allowAnonymous, tls, allowPlaintext);
  }

  /** Without a file of tokens. */
  public AccessSettings(
      @Nullable CredentialSettings credentials,
      boolean allowAnonymous,
      @Nullable ServerTlsSettings tls,
      boolean allowPlaintext) {
    this(credentials, null, allowAnonymous, tls, allowPlaintext);
  }

  /** For callers with these credentials, without TLS. */
  public static AccessSettings of(@Nullable CredentialSettings credentials) {
    return new AccessSettings(credentials, false, null, false);
  }

  /** Whether callers must show credentials, a token or a certificate. */
  public boolean asksWhoCalls() {
    return asksForCredentials() || (tls != null && tls.clientCaFile() != null);
  }

  /** Whether they must show something in the header {@code Authorization}. */
  public boolean asksForCredentials() {
    return credentials != null || tokensFile != null;
  }

  /**
   * Refuses an address that other machines can reach without authentication, or whose traffic they
   * can read.
   *
   * @throws IllegalArgumentException for such an address
   */
  public void requireClosed(Listen listen) {
    if (listen.loopback()) {
      return;
    }
    if (!asksWhoCalls() && !allowAnonymous) {
      throw new IllegalArgumentException(
          "listen: "
              + listen
              + " can be reached from other machines and does not authenticate callers: add"
              + " credentials, tokens-file or tls.client-ca-file, listen on 127.0.0.1, or set"
              + " allow-anonymous if its network keeps strangers out");
    }
    if (tls == null && !allowPlaintext) {
      throw new IllegalArgumentException(
          "listen: "
              + listen
              + " can be reached from other machines and speaks without TLS: add"
              + " tls.certificate-file and tls.key-file, listen on 127.0.0.1, or set"
              + " allow-plaintext if its network is closed");
    }
  }
}
