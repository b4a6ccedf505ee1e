package dev.longshore.runtime.edge.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.runtime.edge.access.AccessSettings;
import dev.longshore.runtime.service.health.Health;
import dev.longshore.testing.ManualClock;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class HealthRoutesTest {
  private final ManualClock clock = new ManualClock(Instant.parse("2026-01-01T00:00:00Z"));
  private final Health health = new Health(clock);

  private RunningEdge edge() {
    dev.longshore.runtime.service.metrics.MetricsPage page =
        new dev.longshore.runtime.service.metrics.MetricsPage();
    return new RunningEdge(
        AccessSettings.OPEN, UnaryOperator.identity(), HealthRoutes.of(health, page));
  }

  @Test
  void readyTellsEveryPartWithCauseAndSince() throws Exception {
    health.watch("catalog", Duration.ofSeconds(20), () -> {});
    health.watch(
        "kafka",
        Duration.ofSeconds(20),
        () -> {
          throw new IOException("refused");
        });
    try (RunningEdge edge = edge()) {
      HttpURLConnection ready = edge.open("/health/ready");
      assertThat(ready.getResponseCode()).isEqualTo(503);
      assertThat(RunningEdge.body(ready))
          .isEqualTo(
              """
              {"status":"not ready","asked":"2026-01-01T00:00:00Z","parts":[\
              {"part":"catalog","status":"ready","since":"2026-01-01T00:00:00Z"},\
              {"part":"kafka","status":"not ready","cause":"refused","since":"2026-01-01T00:00:00Z"}]}\
              """);
    }
  }

  @Test
  void aHangingPartKeepsNobodyFromHearingThatTheProcessLives() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    health.watch("kubo", Duration.ofMillis(50), never::await);
    try (RunningEdge edge = edge()) {
      HttpURLConnection ready = edge.open("/health/ready");
      assertThat(ready.getResponseCode()).isEqualTo(503);
      assertThat(RunningEdge.body(ready)).contains("no answer within 50 ms");
      HttpURLConnection live = edge.open("/health/live");
      assertThat(live.getResponseCode()).isEqualTo(200);
      assertThat(RunningEdge.body(live)).isEqualTo("{\"status\":\"live\"}");
      HttpURLConnection metrics = edge.open("/metrics");
      assertThat(metrics.getResponseCode()).isEqualTo(200);
      assertThat(metrics.getHeaderField("Content-Type"))
          .isEqualTo("text/plain; version=0.0.4; charset=utf-8");
    }
  }

  @Test
  void aPrometheusThatAsksForOpenMetricsGetsThem() throws Exception {
    try (RunningEdge edge = edge()) {
      HttpURLConnection metrics = edge.open("/metrics");
      metrics.setRequestProperty(
          "Accept",
          "application/openmetrics-text;version=1.0.0;q=0.6,text/plain;version=0.0.4;q=0.5,*/*;q=0.1");
      assertThat(metrics.getResponseCode()).isEqualTo(200);
      assertThat(metrics.getHeaderField("Content-Type"))
          .isEqualTo("application/openmetrics-text; version=1.0.0; charset=utf-8");
      assertThat(RunningEdge.body(metrics)).endsWith("# EOF\n");
    }
  }
}
