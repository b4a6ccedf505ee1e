package dev.longshore.app.settings;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.runtime.service.metrics.MetricsPage;
import dev.longshore.settings.ConfigLoader;
import dev.longshore.settings.ConfigSources;
import dev.longshore.testing.TestAuthority;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertificateMetricsTest {
  private static final String METRIC = "longshore_certificate_expiry_seconds";
  @TempDir Path folder;

  @Test
  void eachConfiguredCertificateTellsHowLongItHolds() throws Exception {
    Path certificate = folder.resolve("tls.crt");
    Path key = folder.resolve("tls.key");
    new TestAuthority("of the test").issue("pinner", certificate, key);
    Path file =
        Files.writeString(
            folder.resolve("longshore.yaml"),
            """
            peers:
              - {name: a, rpc: "http://127.0.0.1:1/a", gateway: "http://127.0.0.1:2/a"}
            pinner:
              tls: {certificate-file: "%s", key-file: "%s"}
            telemetry:
              otlp-endpoint: https://localhost:1
              tls: {ca-file: "%1$s"}
            """
                .formatted(certificate, key));
    Settings settings =
        new ConfigLoader<>(Settings.class)
            .load(new ConfigSources(file, Map.of(), List.of()))
            .settings();
    MetricsPage page = new MetricsPage();
    SdkMeterProvider provider = SdkMeterProvider.builder().registerMetricReader(page).build();
    CertificateMetrics.register(provider.get("test"), () -> settings, InstantSource.system());

    String told = page.render();
    assertThat(told).containsPattern(METRIC + "\\{setting=\"pinner.tls\"} [1-9]\\d+");
    assertThat(told).doesNotContain("setting=\"telemetry.tls\"");

    Files.writeString(certificate, "no certificate");
    Files.setLastModifiedTime(certificate, java.nio.file.attribute.FileTime.fromMillis(1));
    assertThat(page.render()).as("nothing is known of it").doesNotContain(METRIC + "{");

    new TestAuthority("another").issue("pinner", certificate, key);
    assertThat(page.render()).contains("{setting=\"pinner.tls\"}");
  }
}
