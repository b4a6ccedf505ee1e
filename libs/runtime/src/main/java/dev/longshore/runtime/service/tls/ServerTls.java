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

/** What a listener needs to speak TLS; it follows its files. */
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

  /** Who may call; everybody, without a certificate, if none. */
  public Optional<X509ExtendedTrustManager> callers() {
    return Optional.ofNullable(callers).map(Authorities::manager);
  }

  /**
   * Whether who is at the other end may call still. A resumed session takes over what was believed
   * when it began, and that authority may have been withdrawn meanwhile.
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

  /** Looks at the files now, as it does every 10 s. */
  public void look() {
    identity.look();
    if (callers != null) {
      callers.look();
    }
  }
}
