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
 * Exports when each loop that promises to look again and again did so last, and how long it may
 * take until it does the next time: a loop that hangs or ended is seen by that alone.
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
   * A loop that begins.
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
   * A loop that says itself when it turned.
   *
   * @param last when it did; none before the first time, which then is as if it had turned now
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
