package dev.longshore.runtime.config;

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
    @Setting(value = "info", doc = "error, warn, info, debug or trace") LogLevel level) {

  public TelemetrySettings {
    if (otlpEndpoint != null && !Web.isHttp(otlpEndpoint)) {
      throw new IllegalArgumentException(
          "otlp-endpoint: " + Web.shown(otlpEndpoint) + " (expected: http or https)");
    }
  }
}
