package dev.longshore.app.query.http;

import dev.longshore.app.Version;
import dev.longshore.runtime.config.SharedSettings;
import dev.longshore.runtime.edge.access.CredentialSettings;
import dev.longshore.runtime.edge.access.Credentials;
import dev.longshore.runtime.edge.access.ListenerSettings;
import dev.longshore.runtime.service.tls.ServerTlsSettings;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * Asks the service at {@code health.listen} of these settings. A command does this first, so it
 * needs only the JDK.
 */
public final class QueryClient {
  private static final Duration CONNECT = Duration.ofSeconds(1);

  /** Bytes; ours have less. */
  private static final int LONGEST_REFUSAL = 400;

  /** The service gives up sooner. */
  private static final Duration ANSWER = Duration.ofSeconds(10);

  private final SharedSettings settings;
  private final Duration answer;

  public QueryClient(SharedSettings settings) {
    this(settings, ANSWER);
  }

  QueryClient(SharedSettings settings, Duration answer) {
    this.settings = settings;
    this.answer = answer;
  }

  /**
   * What the service answered.
   *
   * @param exitCode the command's exit code
   * @param printed for stdout
   * @param error for stderr, if any
   */
  public record Told(int exitCode, String printed, Optional<String> error) {}

  /**
   * Asks one question.
   *
   * @param query such as {@code status}
   * @param image the image in question; all if null
   */
  public Told ask(String query, @Nullable String image, boolean json) throws NotAnsweredException {
    return ask(query, image, null, json);
  }

  /**
   * Asks one question about sites.
   *
   * @param site the site in question; all if null
   */
  public Told ask(String query, @Nullable String image, @Nullable String site, boolean json)
      throws NotAnsweredException {
    ListenerSettings listener = settings.health();
    String address =
        listener.scheme()
            + "://"
            + listener.listen().reachable()
            + Protocol.PREFIX
            + query
            + "?output="
            + (json ? Protocol.JSON : Protocol.TEXT)
            + parameter(Protocol.IMAGE, image)
            + parameter(Protocol.SITE, site);
    try {
      // Never through a proxy, which would read the credentials.
      HttpURLConnection call =
          (HttpURLConnection) URI.create(address).toURL().openConnection(Proxy.NO_PROXY);
      call.setConnectTimeout((int) CONNECT.toMillis());
      call.setReadTimeout((int) answer.toMillis());
      call.setInstanceFollowRedirects(false);
      call.setUseCaches(false);
      // Otherwise the JDK keeps the connection, with its own thread.
      call.setRequestProperty("Connection", "close");
      ServerTlsSettings tls = listener.tls();
      if (tls != null && call instanceof HttpsURLConnection https) {
        https.setSSLSocketFactory(believing(tls.certificateFile()).getSocketFactory());
      }
      if (listener.credentials() != null) {
        call.setRequestProperty("Authorization", authorization(listener.credentials()));
      }
      try {
        return told(call, address);
      } finally {
        call.disconnect();
      }
    } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
      throw new NotAnsweredException(address + ": " + e, e);
    }
  }

  private static String parameter(String name, @Nullable String value) {
    return value == null ? "" : "&" + name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8);
  }

  private Told told(HttpURLConnection call, String address)
      throws IOException, NotAnsweredException {
    int status = call.getResponseCode();
    if (status == HttpURLConnection.HTTP_UNAUTHORIZED
        || status == HttpURLConnection.HTTP_FORBIDDEN) {
      throw new NotAnsweredException("%s: %d: %s".formatted(address, status, refusal(call)), null);
    }
    if (!Version.NUMBER.equals(call.getHeaderField(Protocol.VERSION_HEADER))) {
      throw new NotAnsweredException(
          "%s: %d of Longshore %s, not %s"
              .formatted(
                  address, status, call.getHeaderField(Protocol.VERSION_HEADER), Version.NUMBER),
          null);
    }
    String topics = Protocol.topics(settings.kafka());
    if (!topics.equals(call.getHeaderField(Protocol.TOPICS_HEADER))) {
      throw new NotAnsweredException(
          "%s: it knows the topics %s, not %s"
              .formatted(address, call.getHeaderField(Protocol.TOPICS_HEADER), topics),
          null);
    }
    String error = call.getHeaderField(Protocol.ERROR_HEADER);
    Told told =
        new Told(
            Integer.parseInt(String.valueOf(call.getHeaderField(Protocol.EXIT_HEADER))),
            body(call, status),
            Optional.ofNullable(error)
                .map(text -> URLDecoder.decode(text, StandardCharsets.UTF_8)));
    // Our output has none; a stranger's must not control the terminal.
    if ((told.printed() + told.error().orElse(""))
        .chars()
        .anyMatch(c -> Character.isISOControl(c) && c != '\n')) {
      throw new NotAnsweredException(address + ": the answer has control characters", null);
    }
    return told;
  }

  /** Why it does not answer us, which says what to do; perhaps a stranger's words. */
  private static String refusal(HttpURLConnection call) throws IOException {
    try (InputStream in = call.getErrorStream()) {
      byte[] bytes = in == null ? new byte[0] : in.readNBytes(LONGEST_REFUSAL);
      return new String(bytes, StandardCharsets.UTF_8).strip().replaceAll("[^ -~]", "?");
    }
  }

  private static String body(HttpURLConnection call, int status) throws IOException {
    try (InputStream in = status < 400 ? call.getInputStream() : call.getErrorStream()) {
      byte[] bytes = in == null ? new byte[0] : in.readNBytes(Protocol.MOST_BYTES + 1);
      // Without a length, nothing shows whether the answer is whole.
      if (bytes.length > Protocol.MOST_BYTES || bytes.length != call.getContentLengthLong()) {
        throw new IOException(
            "%d bytes of %d, or more than %d"
                .formatted(bytes.length, call.getContentLengthLong(), Protocol.MOST_BYTES));
      }
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }

  /** Trusts exactly the service's own certificate, which is at hand, whoever signed it. */
  private static SSLContext believing(Path certificate)
      throws IOException, GeneralSecurityException {
    KeyStore own = KeyStore.getInstance(KeyStore.getDefaultType());
    own.load(null, null);
    try (InputStream pem = Files.newInputStream(certificate)) {
      for (Certificate one : CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
        own.setCertificateEntry(String.valueOf(own.size()), one);
      }
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(own);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }

  private static String authorization(CredentialSettings shown) {
    return switch (shown.credentials()) {
      case Credentials.Basic(String username, var password) ->
          "Basic "
              + Base64.getEncoder()
                  .encodeToString(
                      (username + ":" + password.reveal()).getBytes(StandardCharsets.UTF_8));
      case Credentials.Bearer(var token) -> "Bearer " + token.reveal();
    };
  }
}
