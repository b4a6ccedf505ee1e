package dev.longshore.app.settings;

import dev.longshore.app.doctor.SettingsWalk;
import dev.longshore.runtime.service.tls.CertificateEnd;
import dev.longshore.runtime.service.tls.ClientTlsSettings;
import dev.longshore.runtime.service.tls.ServerTlsSettings;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.Meter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Exports how long each configured certificate holds as gauge {@code longshore.certificate.expiry}:
 * seconds until the first of its chain ends, below 0 once it has.
 */
public final class CertificateMetrics {
  private static final AttributeKey<String> SETTING = AttributeKey.stringKey("setting");
  private static final double MILLIS = 1000.0;

  private CertificateMetrics() {}

  /** Adds the gauge to the meter; it lives as long as the meter. */
  public static void register(Meter meter, Supplier<Settings> settings, InstantSource clock) {
    Map<Path, CertificateEnd> ends = new ConcurrentHashMap<>();
    meter
        .gaugeBuilder("longshore.certificate.expiry")
        .setUnit("s")
        .setDescription("Time until a configured certificate ends; none while it cannot be read")
        .buildWithCallback(
            gauge ->
                files(settings.get())
                    .forEach(
                        (setting, file) ->
                            ends.computeIfAbsent(file, CertificateEnd::new)
                                .at()
                                .map(end -> Duration.between(clock.instant(), end))
                                .ifPresent(
                                    left ->
                                        gauge.record(
                                            left.toMillis() / MILLIS,
                                            Attributes.of(SETTING, setting)))));
  }

  private static Map<String, Path> files(Settings settings) {
    Map<String, Path> files = new LinkedHashMap<>();
    SettingsWalk.find(settings, ServerTlsSettings.class)
        .forEach((setting, tls) -> files.put(setting, tls.certificateFile()));
    SettingsWalk.find(settings, ClientTlsSettings.class)
        .forEach(
            (setting, tls) -> {
              if (tls.certificateFile() != null) {
                files.put(setting, tls.certificateFile());
              }
            });
    return files;
  }
}
