package dev.longshore.runtime.service.metrics;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.Meter;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Exports the last turn of each periodic loop and the longest time to its next one, which is enough
 * to notice a loop that hangs or ended.
 */
public final class LoopTurns {
  private static final AttributeKey<String> LOOP = AttributeKey.stringKey("loop");
  private static final double MILLIS = 1000.0;

  private final Meter meter;
  private final InstantSource clock;

  /** Loops of one process. */
  public LoopTurns(OpenTelemetry telemetry) {
    this(telemetry, InstantSource.system());
  }

  LoopTurns(OpenTelemetry telemetry, InstantSource clock) {
    this.meter = telemetry.getMeter("dev.longshore.loops");
    this.clock = clock;
  }

  /**
   * Adds a loop that begins now.
   *
   * @param loop its name; there are few
   * @param within the longest time from one turn to the next
   */
  public LoopTurn of(String loop, Duration within) {
    LoopTurn turn = new LoopTurn(clock);
    follow(loop, within, () -> Optional.of(turn.last()));
    return turn;
  }

  /**
   * Adds a loop that reports its turns itself.
   *
   * @param last its last turn; empty before the first, which counts as a turn at this call
   */
  public void follow(String loop, Duration within, Supplier<Optional<Instant>> last) {
    Instant began = clock.instant();
    Attributes attributes = Attributes.of(LOOP, loop);
    meter
        .gaugeBuilder("longshore.loop.last_turn_timestamp")
        .setUnit("s")
        .setDescription("Unix time when a loop ended its last turn without a failure of its own")
        .buildWithCallback(
            gauge -> gauge.record(last.get().orElse(began).toEpochMilli() / MILLIS, attributes));
    meter
        .gaugeBuilder("longshore.loop.turn_limit")
        .setUnit("s")
        .setDescription("Longest time that a loop should take from one turn to the next")
        .buildWithCallback(gauge -> gauge.record(within.toMillis() / MILLIS, attributes));
  }
}
