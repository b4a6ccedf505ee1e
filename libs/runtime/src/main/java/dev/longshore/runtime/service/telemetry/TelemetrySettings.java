package dev.longshore.runtime.service.telemetry;

import dev.longshore.runtime.service.tls.ClientTlsSettings;
import dev.longshore.settings.Setting;
import dev.longshore.settings.Web;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/** What the program tells of itself. */
public record TelemetrySettings(
    @Setting(
            doc =
                "OTLP over HTTP collector for traces, such as http://127.0.0.1:4318; none are sent"
                    + " if absent")
        @Nullable URI otlpEndpoint,
    @Setting(value = "plain", doc = "form of the log lines on stderr: plain or json") LogForm logs,
    @Setting(value = "info", doc = "error, warn, info, debug or trace") LogLevel level,
    @Setting(doc = "authorities and certificate of one's own, for the collector")
        @Nullable ClientTlsSettings tls,
    @Setting(
            value = "false",
            doc = "send traces without TLS to a collector that is not on loopback")
        boolean allowPlaintext,
    @Setting(
            value = "true",
            doc =
                "write who called what to topic audit, where a listener asks who calls; the log has"
                    + " it too")
        boolean auditTopic) {

  public TelemetrySettings {
    if (otlpEndpoint != null && !Web.isHttp(otlpEndpoint)) {
      throw new IllegalArgumentException(
          "otlp-endpoint: " + Web.shown(otlpEndpoint) + " (expected: http or https)");
    }
    if (tls != null && (otlpEndpoint == null || !Web.isHttps(otlpEndpoint))) {
      throw new IllegalArgumentException(
          "tls: otlp-endpoint is not https, so it would not be used (expected: https)");
    }
    if (otlpEndpoint != null && !allowPlaintext && !Web.isClosed(otlpEndpoint)) {
      throw new IllegalArgumentException(
          "otlp-endpoint: "
              + Web.shown(otlpEndpoint)
              + " is not on loopback, and others can listen in: use https, or set allow-plaintext"
              + " where its network is closed");
    }
  }

  /** A collector on loopback, or one whose certificate the Java runtime believes. */
  public TelemetrySettings(@Nullable URI otlpEndpoint, LogForm logs, LogLevel level) {
    this(otlpEndpoint, logs, level, null, false, true);
  }
}
