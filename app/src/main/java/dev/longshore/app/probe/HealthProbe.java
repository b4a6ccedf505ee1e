package dev.longshore.app.probe;

import java.io.IOException;
import java.io.PrintStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A container's health check: asks this machine's {@code /health/ready} and ends with 0 if the
 * answer is yes. A command of {@code longshore} would load a thousand classes for that, every few
 * seconds; this one loads the JDK's own.
 */
public final class HealthProbe {
  private static final int LIMIT_MILLIS = 4_000;

  /** A report names each part in a line or two. */
  private static final int REPORT_BYTES = 16 * 1024;

  private HealthProbe() {}

  /** The argument is the address to ask; without one the default of {@code health.listen}. */
  public static void main(String[] arguments) {
    String address = arguments.length > 0 ? arguments[0] : "http://127.0.0.1:5056/health/ready";
    String tokenFile = System.getenv("LONGSHORE_HEALTH_CREDENTIALS_TOKEN_FILE");
    System.exit(ready(address, tokenFile, System.out) ? 0 : 1);
  }

  /** Writes what was answered, which {@code docker inspect} shows. */
  static boolean ready(String address, @Nullable String tokenFile, PrintStream out) {
    try {
      return ask(address, tokenFile, out);
    } catch (IOException | IllegalArgumentException e) {
      out.println(address + ": " + e.getMessage());
      return false;
    }
  }

  private static boolean ask(String address, @Nullable String tokenFile, PrintStream out)
      throws IOException {
    HttpURLConnection call = (HttpURLConnection) URI.create(address).toURL().openConnection();
    call.setConnectTimeout(LIMIT_MILLIS);
    call.setReadTimeout(LIMIT_MILLIS);
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
}
