package dev.longshore.runtime.service.tls;

import java.nio.file.Path;
import java.security.GeneralSecurityException;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** What a client needs to speak TLS to a server of one's own; it follows its files. */
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
      throw new IllegalStateException("TLS is not to be had from this Java", e);
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

  /** Makes connections. */
  public SSLContext context() {
    return context;
  }

  /** Whom it believes. */
  public X509TrustManager trusted() {
    return trusted;
  }

  /** Looks at the files now. */
  void look() {
    if (identity != null) {
      identity.look();
    }
    if (authorities != null) {
      authorities.look();
    }
  }
}
