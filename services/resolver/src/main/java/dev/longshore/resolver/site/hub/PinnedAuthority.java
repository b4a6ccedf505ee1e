package dev.longshore.resolver.site.hub;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Trusts a server whose chain has a certificate with one pinned public key, by that certificate
 * alone. Names, dates and signatures of the chain are checked as usual.
 */
public final class PinnedAuthority extends X509ExtendedTrustManager {
  private static final Pattern FINGERPRINT = Pattern.compile("sha256:[0-9a-f]{64}");
  private static final int PEM_LINE = 64;

  private final String fingerprint;
  private final AtomicReference<@Nullable X509Certificate> found = new AtomicReference<>();

  /**
   * @param fingerprint {@code sha256:} and the SHA-256 of its SubjectPublicKeyInfo
   */
  public PinnedAuthority(String fingerprint) {
    if (!FINGERPRINT.matcher(fingerprint).matches()) {
      throw new IllegalArgumentException(
          "ca: \"" + fingerprint + "\" (expected: sha256: and 64 hexadecimal digits)");
    }
    this.fingerprint = fingerprint;
  }

  /** The fingerprint of a certificate's public key. */
  public static String fingerprint(X509Certificate certificate) {
    try {
      byte[] key = certificate.getPublicKey().getEncoded();
      return "sha256:" + HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(key));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java lacks SHA-256", e);
    }
  }

  /** Connections that believe nobody else. */
  public SSLContext context() {
    return context(this);
  }

  /** Connections that believe the authority in a PEM file's text alone. */
  public static SSLContext trusting(String pem) throws IOException {
    try {
      X509Certificate authority =
          (X509Certificate)
              CertificateFactory.getInstance("X.509")
                  .generateCertificate(
                      new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
      return context(trusting(authority));
    } catch (CertificateException e) {
      throw new IOException("the hub's authority: " + e.getMessage(), e);
    }
  }

  private static SSLContext context(TrustManager manager) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {manager}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("TLS is missing in this Java", e);
    }
  }

  private static X509ExtendedTrustManager trusting(X509Certificate authority)
      throws CertificateException {
    try {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      store.setCertificateEntry("hub", authority);
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(store);
      return Arrays.stream(factory.getTrustManagers())
          .filter(X509ExtendedTrustManager.class::isInstance)
          .map(X509ExtendedTrustManager.class::cast)
          .findFirst()
          .orElseThrow();
    } catch (GeneralSecurityException | IOException e) {
      throw new CertificateException("the authority cannot be used: " + e.getMessage(), e);
    }
  }

  /** The certificate that was believed, as PEM, once a server was. */
  public Optional<String> pem() throws IOException {
    X509Certificate certificate = found.get();
    if (certificate == null) {
      return Optional.empty();
    }
    try {
      byte[] der = certificate.getEncoded();
      String body = Base64.getMimeEncoder(PEM_LINE, new byte[] {'\n'}).encodeToString(der);
      return Optional.of("-----BEGIN CERTIFICATE-----\n" + body + "\n-----END CERTIFICATE-----\n");
    } catch (CertificateException e) {
      throw new IOException("the hub's authority: " + e.getMessage(), e);
    }
  }

  private X509Certificate pinned(X509Certificate[] chain) throws CertificateException {
    return Arrays.stream(chain)
        .filter(certificate -> fingerprint(certificate).equals(fingerprint))
        .findFirst()
        .orElseThrow(
            () ->
                new CertificateException(
                    "no certificate of the server has the key "
                        + fingerprint
                        + "; it shows "
                        + Arrays.stream(chain).map(PinnedAuthority::fingerprint).toList()));
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    X509Certificate authority = pinned(chain);
    trusting(authority).checkServerTrusted(chain, authType, engine);
    found.set(authority);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    X509Certificate authority = pinned(chain);
    trusting(authority).checkServerTrusted(chain, authType, socket);
    found.set(authority);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    throw new CertificateException("a server without its name is not believed");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    throw noClient();
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    throw noClient();
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    throw noClient();
  }

  private static CertificateException noClient() {
    return new CertificateException("no client is believed here");
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }
}
