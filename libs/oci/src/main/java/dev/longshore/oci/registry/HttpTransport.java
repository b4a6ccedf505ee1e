package dev.longshore.oci.registry;

import dev.longshore.oci.RegistryException;
import dev.longshore.oci.RegistryException.Attempt;
import dev.longshore.oci.RegistryException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.HttpsURLConnection;

/**
 * Sends single requests. HttpURLConnection, because it reads bulk data two to three times as fast
 * as java.net.http. Knows neither logins nor redirects nor repeats.
 */
final class HttpTransport {
  private static final int BUFFER = 256 * 1024;

  private final ClientSettings settings;

  HttpTransport(ClientSettings settings) {
    this.settings = settings;
  }

  /**
   * Sends a request whose answer is small and reads it whole, within {@link ClientSettings#answer}
   * (sending a body may take longer while it goes on).
   *
   * @param limit bytes of a successful answer; more is a failure
   */
  SmallAnswer small(RegistryConfig config, HttpCall call, int limit, Attempt attempt)
      throws RegistryException {
    var sent = new AtomicLong();
    return Deadline.run(
        settings.answer(),
        sent::get,
        attempt,
        () -> {
          HttpURLConnection connection = send(config, call, sent);
          return read(connection, head(connection), call, limit, attempt);
        });
  }

  /** Sends a request whose body is read by the caller; the head comes within the same limit. */
  OpenAnswer open(RegistryConfig config, HttpCall call, Attempt attempt) throws RegistryException {
    return Deadline.run(
        settings.answer(),
        () -> 0,
        attempt,
        () -> {
          HttpURLConnection connection = send(config, call, new AtomicLong());
          AnswerHead head = head(connection);
          if (!head.succeeded()) {
            return OpenAnswer.failed(
                read(connection, head, call, Failures.BODY_LIMIT, attempt), connection);
          }
          var body = new StallGuard(connection.getInputStream(), settings.stall());
          return new OpenAnswer(new SmallAnswer(head, new byte[0]), body, connection);
        });
  }

  private HttpURLConnection send(RegistryConfig config, HttpCall call, AtomicLong sent)
      throws IOException {
    var connection = (HttpURLConnection) call.uri().toURL().openConnection();
    connection.setRequestMethod(call.method());
    connection.setConnectTimeout(Math.toIntExact(settings.connect().toMillis()));
    connection.setReadTimeout(
        Math.toIntExact(Math.max(settings.answer().toMillis(), settings.stall().toMillis())));
    connection.setInstanceFollowRedirects(false);
    connection.setUseCaches(false);
    connection.setRequestProperty("User-Agent", settings.userAgent());
    // Compressed on the way it would not be what the digest is of.
    connection.setRequestProperty("Accept-Encoding", "identity");
    call.headers().forEach(connection::setRequestProperty);
    // Who this is, is nobody else's business.
    if (connection instanceof HttpsURLConnection https && config.isHome(call.uri())) {
      config.tls().ifPresent(https::setSSLSocketFactory);
    }
    if (call.body().isPresent()) {
      upload(connection, call.body().get(), sent);
    }
    return connection;
  }

  private static void upload(HttpURLConnection connection, Upload upload, AtomicLong sent)
      throws IOException {
    connection.setDoOutput(true);
    connection.setFixedLengthStreamingMode(upload.length());
    byte[] buffer = new byte[(int) Math.min(BUFFER, Math.max(1, upload.length()))];
    try (InputStream in = upload.content().open();
        OutputStream out = connection.getOutputStream()) {
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        out.write(buffer, 0, count);
        sent.addAndGet(count);
      }
    }
  }

  private static int status(HttpURLConnection connection) throws IOException {
    try {
      return connection.getResponseCode();
    } catch (RuntimeException e) {
      // HttpURLConnection reads challenges itself and throws unchecked where they are damaged.
      throw new IOException("the answer has a damaged header", e);
    }
  }

  private static AnswerHead head(HttpURLConnection connection) throws IOException {
    int status = status(connection);
    if (status < 0) {
      throw new IOException("the answer is not HTTP");
    }
    Map<String, List<String>> headers = new HashMap<>();
    connection
        .getHeaderFields()
        .forEach(
            (name, values) -> {
              // The status line comes as a header without a name; header values come last first.
              if (name != null) {
                headers.put(name.toLowerCase(Locale.ROOT), values.reversed());
              }
            });
    return new AnswerHead(status, headers);
  }

  private static SmallAnswer read(
      HttpURLConnection connection, AnswerHead head, HttpCall call, int limit, Attempt attempt)
      throws IOException {
    if (call.method().equals("HEAD")) {
      return new SmallAnswer(head, new byte[0]);
    }
    try (InputStream in =
        head.status() < 400 ? connection.getInputStream() : connection.getErrorStream()) {
      if (in == null) {
        return new SmallAnswer(head, new byte[0]);
      }
      if (!head.succeeded()) {
        return new SmallAnswer(head, in.readNBytes(Failures.BODY_LIMIT));
      }
      byte[] body = head.length().orElse(0) > limit ? new byte[0] : in.readNBytes(limit);
      if (head.length().orElse(0) > limit || in.read() >= 0) {
        connection.disconnect();
        throw attempt.failed(Kind.LIMIT, "the answer has more than " + limit + " bytes");
      }
      return new SmallAnswer(head, body);
    }
  }
}
