package dev.longshore.runtime.service.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.testing.ManualClock;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LoopTurnsTest {
  private static final String LAST = "longshore_loop_last_turn_timestamp_seconds";
  private final MetricsPage page = new MetricsPage();
  private final OpenTelemetrySdk sdk =
      OpenTelemetrySdk.builder()
          .setMeterProvider(SdkMeterProvider.builder().registerMetricReader(page).build())
          .build();
  private final ManualClock clock = new ManualClock(Instant.ofEpochSecond(1000));

  @Test
  void eachLoopTellsWhenItTurnedLastWhoeverRegisteredIt() {
    LoopTurn one = new LoopTurns(sdk, clock).of("one", Duration.ofMinutes(5));
    LoopTurn two = new LoopTurns(sdk, clock).of("two", Duration.ofSeconds(7));
    new LoopTurns(sdk, clock).follow("three", Duration.ofSeconds(9), Optional::empty);
    clock.advance(Duration.ofSeconds(30));
    two.turned();
    clock.advance(Duration.ofSeconds(30));

    assertThat(page.render())
        .contains(LAST + "{loop=\"one\"} 1000\n")
        .contains(LAST + "{loop=\"two\"} 1030\n")
        .as("it never turned, which is seen as well")
        .contains(LAST + "{loop=\"three\"} 1000\n")
        .contains("longshore_loop_turn_limit_seconds{loop=\"one\"} 300\n")
        .contains("longshore_loop_turn_limit_seconds{loop=\"two\"} 7\n");
    one.turned();
    assertThat(page.render()).contains(LAST + "{loop=\"one\"} 1060\n");
  }

  @Test
  void aLoopThatWaitsForSomebodyElseHasNotStopped() throws Exception {
    LoopTurn turn = new LoopTurns(sdk, clock).of("one", Duration.ofMinutes(5));

    String told =
        turn.during(
            () -> {
              clock.advance(Duration.ofHours(1));
              return page.render();
            });

    assertThat(told).contains(LAST + "{loop=\"one\"} 4600\n");
    clock.advance(Duration.ofSeconds(5));
    assertThat(page.render()).contains(LAST + "{loop=\"one\"} 4600\n");
  }

  @Test
  void theOldestWorkOfSeveralServicesIsOnOnePage() {
    OldestWork.register(
        sdk, "watcher", OldestWork.UNREAD, () -> Optional.of(Instant.ofEpochSecond(990)), clock);
    OldestWork.register(sdk, "converter", OldestWork.TURN, Optional::empty, clock);

    assertThat(page.render())
        .contains(
            "longshore_work_oldest_age_seconds{longshore_service=\"watcher\",waits_for=\"read\"}"
                + " 10\n")
        .contains(
            "longshore_work_oldest_age_seconds{longshore_service=\"converter\",waits_for=\"turn\"}"
                + " 0\n");
  }
}
