package dev.longshore.runtime.service.tls;

import dev.longshore.settings.WatchedFiles;
import io.grpc.util.AdvancedTlsX509TrustManager;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The certificate authorities that this side trusts. */
final class Authorities {
  private static final Logger LOG = LoggerFactory.getLogger(Authorities.class);

  private final AdvancedTlsX509TrustManager manager;
  private final WatchedFiles files;

  /** Checks chains outside a handshake, which the other trust manager refuses to do. */
  private volatile @Nullable X509TrustManager chains;

  private Authorities(Path pem, boolean besidesTheUsual) {
    AdvancedTlsX509TrustManager made;
    try {
      made = AdvancedTlsX509TrustManager.newBuilder().build();
    } catch (CertificateException e) {
      throw new TlsException("certificates cannot be checked: " + e.getMessage(), e);
    }
    this.manager = made;
    this.files =
        CertificateFiles.watch(
            List.of(pem),
            () -> {
              List<X509Certificate> all = new ArrayList<>(PemFiles.certificates(pem));
              if (besidesTheUsual) {
                all.addAll(List.of(theUsual().getAcceptedIssuers()));
              }
              made.updateTrustCredentials(all.toArray(X509Certificate[]::new));
              chains = checking(all);
            });
  }

  /** Only those in the file: for callers, who could otherwise come from anywhere. */
  static Authorities only(Path pem) {
    return new Authorities(pem, false);
  }

  /** Those in the file and those of the Java runtime: for servers, which may refer to others. */
  static Authorities besidesTheUsual(Path pem) {
    return new Authorities(pem, true);
  }

  X509ExtendedTrustManager manager() {
    return manager;
  }

  /** Whether the chain still leads to one of these authorities. */
  boolean believe(X509Certificate[] chain) {
    X509TrustManager now = chains;
    try {
      if (now != null) {
        now.checkClientTrusted(chain, chain[0].getPublicKey().getAlgorithm());
        return true;
      }
    } catch (CertificateException e) {
      LOG.debug("{} is not believed", chain[0].getSubjectX500Principal(), e);
    }
    return false;
  }

  /** Rereads the file now. */
  void look() {
    files.look();
  }

  /** Only those of the Java runtime. */
  static X509TrustManager theUsual() throws GeneralSecurityException {
    return manager(null);
  }

  private static X509TrustManager checking(List<X509Certificate> authorities)
      throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    for (int i = 0; i < authorities.size(); i++) {
      store.setCertificateEntry("authority-" + i, authorities.get(i));
    }
    return manager(store);
  }

  private static X509TrustManager manager(@Nullable KeyStore store)
      throws GeneralSecurityException {
    var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    for (TrustManager each : factory.getTrustManagers()) {
      if (each instanceof X509TrustManager x509) {
        return x509;
      }
    }
    throw new GeneralSecurityException("the Java runtime believes no authority");
  }
}
