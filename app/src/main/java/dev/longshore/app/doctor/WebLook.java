package dev.longshore.app.doctor;

import dev.longshore.runtime.edge.access.ListenerSettings;
import dev.longshore.runtime.service.tls.ClientTls;
import dev.longshore.runtime.service.tls.ClientTlsSettings;
import dev.longshore.runtime.service.tls.ServerTlsSettings;
import java.io.IOException;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * One request whose status is all that matters. Shows no credentials and follows no redirect.
 *
 * @param tls makes connections; the Java runtime's if none
 */
record WebLook(@Nullable SSLSocketFactory tls) {
  private static final Duration LIMIT = Duration.ofSeconds(4);

  /** As the Java runtime connects. */
  static final WebLook PLAIN = new WebLook(null);

  /** With authorities and a certificate of one's own, if there are settings of them. */
  static WebLook of(@Nullable ClientTlsSettings settings) {
    return settings == null
        ? PLAIN
        : new WebLook(ClientTls.of(settings).context().getSocketFactory());
  }

  /**
   * For a listener of ours, which we need not tell from others: whose certificate it shows is
   * looked at by another check.
   */
  static WebLook ofOwn(ListenerSettings listener) {
    ServerTlsSettings tls = listener.tls();
    return tls == null ? PLAIN : of(new ClientTlsSettings(tls.certificateFile(), null, null));
  }

  /**
   * What was answered.
   *
   * @param date when, by the clock over there, to the second
   */
  record Answer(int status, Optional<Instant> date) {}

  Answer get(URI address) throws IOException {
    return ask(address, "GET", null);
  }

  Answer post(URI address, String json) throws IOException {
    return ask(address, "POST", json);
  }

  private Answer ask(URI address, String method, @Nullable String json) throws IOException {
    HttpURLConnection call = (HttpURLConnection) address.toURL().openConnection();
    call.setConnectTimeout((int) LIMIT.toMillis());
    call.setReadTimeout((int) LIMIT.toMillis());
    call.setInstanceFollowRedirects(false);
    call.setUseCaches(false);
    call.setRequestMethod(method);
    if (tls != null && call instanceof HttpsURLConnection https) {
      https.setSSLSocketFactory(tls);
    }
    try {
      if (json != null) {
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        call.setDoOutput(true);
        call.setRequestProperty("Content-Type", "application/json");
        call.setFixedLengthStreamingMode(body.length);
        try (OutputStream out = call.getOutputStream()) {
          out.write(body);
        }
      }
      int status = call.getResponseCode();
      if (status < 0) {
        throw new IOException("the answer is not HTTP");
      }
      long date = call.getDate();
      return new Answer(
          status, date == 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(date)));
    } finally {
      call.disconnect();
    }
  }

  /** Why a request failed, in words. */
  static String reason(IOException e) {
    return e.getClass().getSimpleName() + (e.getMessage() == null ? "" : ": " + e.getMessage());
  }
}
