package dev.longshore.runtime.service.tls;

import java.nio.file.Path;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Optional;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** A listener's TLS; it follows its files. */
public final class ServerTls {
  private final Identity identity;
  private final @Nullable Authorities callers;

  private ServerTls(Identity identity, @Nullable Authorities callers) {
    this.identity = identity;
    this.callers = callers;
  }

  /**
   * Reads the files.
   *
   * @throws TlsException when they cannot be used
   */
  public static ServerTls of(ServerTlsSettings settings) {
    Path authorities = settings.clientCaFile();
    return new ServerTls(
        new Identity(settings.certificateFile(), settings.keyFile()),
        authorities == null ? null : Authorities.only(authorities));
  }

  /** Its certificate and key. */
  public X509ExtendedKeyManager identity() {
    return identity.manager();
  }

  /** The authorities for callers; if empty, everyone may call without a certificate. */
  public Optional<X509ExtendedTrustManager> callers() {
    return Optional.ofNullable(callers).map(Authorities::manager);
  }

  /**
   * Whether the peer may still call. A resumed session keeps the trust of its beginning, and its
   * authority may have been withdrawn since.
   */
  public boolean believes(SSLSession session) {
    if (callers == null) {
      return true;
    }
    try {
      Certificate[] shown = session.getPeerCertificates();
      return callers.believe(Arrays.copyOf(shown, shown.length, X509Certificate[].class));
    } catch (SSLPeerUnverifiedException e) {
      return false;
    }
  }

  /** Rereads the files now, as it does every 10 s. */
  public void look() {
    identity.look();
    if (callers != null) {
      callers.look();
    }
  }
}
