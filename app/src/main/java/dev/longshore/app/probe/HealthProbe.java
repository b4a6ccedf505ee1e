package dev.longshore.app.probe;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * A container's health check: asks this machine's {@code /health/ready} and exits with 0 if it is
 * ready. A {@code longshore} command would load a thousand classes for that every few seconds; this
 * loads only the JDK's.
 */
public final class HealthProbe {
  private static final int LIMIT_MILLIS = 4_000;

  /** A report has a line or two for each part. */
  private static final int REPORT_BYTES = 16 * 1024;

  private HealthProbe() {}

  /** The argument is the address to ask; without one the default of {@code health.listen}. */
  public static void main(String[] arguments) {
    String certificate = System.getenv("LONGSHORE_HEALTH_TLS_CERTIFICATE_FILE");
    String usual = (certificate == null ? "http" : "https") + "://127.0.0.1:5056/health/ready";
    String address = arguments.length > 0 ? arguments[0] : usual;
    String tokenFile = System.getenv("LONGSHORE_HEALTH_CREDENTIALS_TOKEN_FILE");
    System.exit(ready(address, tokenFile, certificate, System.out) ? 0 : 1);
  }

  /** Prints the answer, which {@code docker inspect} shows. */
  static boolean ready(
      String address, @Nullable String tokenFile, @Nullable String certificate, PrintStream out) {
    try {
      return ask(address, tokenFile, certificate, out);
    } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
      out.println(address + ": " + e.getMessage());
      return false;
    }
  }

  private static boolean ask(
      String address, @Nullable String tokenFile, @Nullable String certificate, PrintStream out)
      throws IOException, GeneralSecurityException {
    HttpURLConnection call = (HttpURLConnection) URI.create(address).toURL().openConnection();
    call.setConnectTimeout(LIMIT_MILLIS);
    call.setReadTimeout(LIMIT_MILLIS);
    if (certificate != null && call instanceof HttpsURLConnection https) {
      https.setSSLSocketFactory(believing(Path.of(certificate)).getSocketFactory());
      // The certificate is the service's own, under whatever name.
      https.setHostnameVerifier((_, _) -> true);
    }
    if (tokenFile != null) {
      call.setRequestProperty(
          "Authorization", "Bearer " + Files.readString(Path.of(tokenFile)).strip());
    }
    try {
      boolean ready = call.getResponseCode() == HttpURLConnection.HTTP_OK;
      try (var body = ready ? call.getInputStream() : call.getErrorStream()) {
        if (body != null) {
          out.println(new String(body.readNBytes(REPORT_BYTES), StandardCharsets.UTF_8));
        }
      }
      return ready;
    } finally {
      call.disconnect();
    }
  }

  private static SSLContext believing(Path certificate)
      throws IOException, GeneralSecurityException {
    KeyStore own = KeyStore.getInstance(KeyStore.getDefaultType());
    own.load(null, null);
    try (InputStream pem = Files.newInputStream(certificate)) {
      own.setCertificateEntry(
          "own", CertificateFactory.getInstance("X.509").generateCertificate(pem));
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(own);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }
}
