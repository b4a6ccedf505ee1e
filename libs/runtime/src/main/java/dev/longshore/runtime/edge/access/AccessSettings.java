package dev.longshore.runtime.edge.access;

import dev.longshore.runtime.service.tls.ServerTlsSettings;
import dev.longshore.settings.Inline;
import dev.longshore.settings.Listen;
import dev.longshore.settings.Setting;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Who may use a listener, and how the way to it is closed. */
public record AccessSettings(
    @Setting(doc = "what callers must show, for reads too; or tokens-file or tls.client-ca-file")
        @Nullable CredentialSettings credentials,
    @Setting(
            doc =
                "YAML file with a token, rights and perhaps an end for each caller, beside"
                    + " credentials or in their place; docs/security.md has its form")
        @Nullable Path tokensFile,
    @Inline PersonHeaders people,
    @Setting(value = "false", doc = "let everybody in who reaches an address that is not loopback")
        boolean allowAnonymous,
    @Setting(doc = "its certificate; it speaks HTTP or gRPC without TLS if absent")
        @Nullable ServerTlsSettings tls,
    @Setting(
            value = "false",
            doc =
                "speak without TLS at an address that is not loopback, in a network that is closed")
        boolean allowPlaintext) {

  /** For loopback: everybody, without TLS. */
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

  /** Those who show this, without TLS. */
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
   * Refuses an address that others reach and that asks nobody who they are, or that they can listen
   * in on.
   *
   * @throws IllegalArgumentException when it is such a one
   */
  public void requireClosed(Listen listen) {
    if (listen.loopback()) {
      return;
    }
    if (!asksWhoCalls() && !allowAnonymous) {
      throw new IllegalArgumentException(
          "listen: "
              + listen
              + " can be reached from other machines and asks nobody who they are: add credentials,"
              + " tokens-file or tls.client-ca-file, listen on 127.0.0.1, or set allow-anonymous"
              + " where its network lets no stranger in");
    }
    if (tls == null && !allowPlaintext) {
      throw new IllegalArgumentException(
          "listen: "
              + listen
              + " can be reached from other machines and speaks without TLS: add"
              + " tls.certificate-file and tls.key-file, listen on 127.0.0.1, or set"
              + " allow-plaintext where nobody can listen in");
    }
  }
}
