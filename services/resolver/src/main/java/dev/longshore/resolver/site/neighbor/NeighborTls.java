package dev.longshore.resolver.site.neighbor;

import dev.longshore.runtime.service.tls.ServerTls;
import dev.longshore.runtime.service.tls.ServerTlsSettings;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/** A caller's side of the TLS among a site's nodes; it follows the same files as a listener. */
final class NeighborTls {
  private NeighborTls() {}

  /**
   * Shows the site's certificate, and believes those of the site alone, at whatever address.
   *
   * @param files those of {@link NeighborKeys}
   */
  static SSLContext context(ServerTlsSettings files) {
    ServerTls tls = ServerTls.of(files);
    X509ExtendedTrustManager site =
        tls.callers()
            .orElseThrow(() -> new IllegalArgumentException("no certificates are believed"));
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(new KeyManager[] {tls.identity()}, new TrustManager[] {believing(site)}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("TLS is missing in this Java", e);
    }
  }

  /** Believes those of the site, at whatever address. */
  static TrustManager believing(X509ExtendedTrustManager site) {
    return new OfTheSite(site);
  }

  /** That somebody has the key of one of these very certificates says all; a name says nothing. */
  private static final class OfTheSite extends X509ExtendedTrustManager {
    private final X509ExtendedTrustManager site;

    private OfTheSite(X509ExtendedTrustManager site) {
      this.site = site;
    }

    private void check(X509Certificate[] chain) throws CertificateException {
      if (chain.length == 0 || !Arrays.asList(site.getAcceptedIssuers()).contains(chain[0])) {
        throw new CertificateException("it is no node of this site, or has other secrets by now");
      }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      check(chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      check(chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      check(chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      check(chain);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return site.getAcceptedIssuers();
    }
  }
}
