package dev.longshore.runtime.service.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.runtime.service.endpoint.EndpointMetrics;
import dev.longshore.runtime.service.endpoint.Endpoints;
import dev.longshore.runtime.service.endpoint.ManualAlarms;
import dev.longshore.testing.ManualClock;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import java.time.Duration;
import java.time.Instant;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ProcessMetricsTest {
  private final MetricsPage page = new MetricsPage();
  private final SdkMeterProvider provider =
      SdkMeterProvider.builder().registerMetricReader(page).build();

  @Test
  void memoryAndUptimeAreOnThePage() {
    ProcessMetrics.register(provider.get("test"));
    assertThat(page.render())
        .containsPattern("process_memory_bytes\\{area=\"heap\"} [1-9]\\d+\n")
        .containsPattern("process_memory_bytes\\{area=\"nonheap\"} [1-9]\\d+\n")
        .containsPattern("process_memory_bytes\\{area=\"direct\"} \\d+\n")
        .containsPattern("process_uptime_seconds \\d");
  }

  @Test
  void pausedEndpointsAreOnThePage() {
    ManualClock clock = new ManualClock(Instant.EPOCH);
    Endpoints endpoints = new Endpoints(clock, new ManualAlarms(clock), new SplittableRandom(1));
    EndpointMetrics.register(provider.get("test"), endpoints, clock);
    endpoints.failed("kubo site-a", "refused", null);
    endpoints.failed("registry hub", "refused", null);
    clock.advance(Duration.ofSeconds(90));
    endpoints.succeeded("registry hub");
    assertThat(page.render())
        .contains("longshore_endpoint_paused{endpoint=\"kubo site-a\"} 1\n")
        .contains("longshore_endpoint_paused{endpoint=\"registry hub\"} 0\n")
        .contains("longshore_endpoint_paused_age_seconds{endpoint=\"kubo site-a\"} 90\n")
        .contains("longshore_endpoint_paused_age_seconds{endpoint=\"registry hub\"} 0\n");
  }

  @Test
  void tenThousandRepositoriesOfARegistryAreOneLine() {
    ManualClock clock = new ManualClock(Instant.EPOCH);
    Endpoints endpoints = new Endpoints(clock, new ManualAlarms(clock), new SplittableRandom(1));
    EndpointMetrics.register(provider.get("test"), endpoints, clock);
    for (int i = 0; i < 10_000; i++) {
      endpoints.failed("repository localhost:5055/team/app" + i, "403", null);
    }
    assertThat(page.render())
        .contains(
            "longshore_endpoint_paused{endpoint=\"repositories of registry localhost:5055\"} 1\n")
        .containsOnlyOnce("longshore_endpoint_paused{");
  }
}
