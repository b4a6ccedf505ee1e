package dev.longshore.runtime.service.telemetry;

import dev.longshore.runtime.service.tls.ClientTlsSettings;
import dev.longshore.settings.Setting;
import dev.longshore.settings.value.Web;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/** Logs, traces and metrics. */
public record TelemetrySettings(
    @Setting(
            doc =
                "OTLP over HTTP collector for traces, such as http://127.0.0.1:4318; none are sent"
                    + " if absent")
        @Nullable URI otlpEndpoint,
    @Setting(
            value = "false",
            doc =
                "send metrics to that collector too, once a minute; Prometheus finds them at"
                    + " /metrics of health.listen in any case")
        boolean otlpMetrics,
    @Setting(value = "plain", doc = "format of the log lines on stderr: plain or json")
        LogFormat logs,
    @Setting(value = "info", doc = "error, warn, info, debug or trace") LogLevel level,
    @Setting(doc = "your own authorities and certificate, for the collector")
        @Nullable ClientTlsSettings tls,
    @Setting(
            value = "false",
            doc = "send traces and metrics in plain text to a collector that is not on loopback")
        boolean allowPlaintext,
    @Setting(
            value = "true",
            doc = "write the audit log to topic audit too, if a listener authenticates callers")
        boolean auditTopic) {

  public TelemetrySettings {
    if (otlpEndpoint != null && !Web.isHttp(otlpEndpoint)) {
      throw new IllegalArgumentException(
          "otlp-endpoint: " + Web.shown(otlpEndpoint) + " (expected: http or https)");
    }
    if (otlpMetrics && otlpEndpoint == null) {
      throw new IllegalArgumentException(
          "otlp-metrics: there is no otlp-endpoint to send them to (expected: a web address"
              + " there)");
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

  /** A collector on loopback, or one whose certificate the Java runtime trusts. */
  public TelemetrySettings(@Nullable URI otlpEndpoint, LogFormat logs, LogLevel level) {
    this(otlpEndpoint, false, logs, level, null, false, true);
  }
}
