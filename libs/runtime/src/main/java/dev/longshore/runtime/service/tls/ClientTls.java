package dev.longshore.runtime.service.tls;

import java.nio.file.Path;
import java.security.GeneralSecurityException;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** A client's TLS for the user's own servers; it follows its files. */
public final class ClientTls {
  private final @Nullable Identity identity;
  private final @Nullable Authorities authorities;
  private final SSLContext context;
  private final X509TrustManager trusted;

  private ClientTls(@Nullable Identity identity, @Nullable Authorities authorities) {
    this.identity = identity;
    this.authorities = authorities;
    try {
      this.trusted = authorities == null ? Authorities.theUsual() : authorities.manager();
      this.context = SSLContext.getInstance("TLS");
      context.init(
          identity == null ? null : new KeyManager[] {identity.manager()},
          new TrustManager[] {trusted},
          null);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("TLS is missing in this Java", e);
    }
  }

  /**
   * Reads the files.
   *
   * @throws TlsException when they cannot be used
   */
  public static ClientTls of(ClientTlsSettings settings) {
    Path certificate = settings.certificateFile();
    Path key = settings.keyFile();
    Path ca = settings.caFile();
    return new ClientTls(
        certificate == null || key == null ? null : new Identity(certificate, key),
        ca == null ? null : Authorities.besidesTheUsual(ca));
  }

  /** The factory for connections. */
  public SSLContext context() {
    return context;
  }

  /** The authorities it trusts. */
  public X509TrustManager trusted() {
    return trusted;
  }

  /** Rereads the files now. */
  void look() {
    if (identity != null) {
      identity.look();
    }
    if (authorities != null) {
      authorities.look();
    }
  }
}
