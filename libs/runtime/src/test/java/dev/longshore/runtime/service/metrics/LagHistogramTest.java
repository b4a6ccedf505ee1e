package dev.longshore.runtime.service.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.longshore.testing.ManualClock;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What is said of clocks that differ. */
class LagHistogramTest {
  private final Logger logger = (Logger) LoggerFactory.getLogger(LagHistogram.class);
  private final Level level = logger.getLevel();
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private final ManualClock clock = new ManualClock(Instant.ofEpochSecond(1_000));
  private final Meter meter = SdkMeterProvider.builder().build().get("test");
  private final LagHistogram lag =
      new LagHistogram(meter.histogramBuilder("lag"), "Lag", meter.gaugeBuilder("skew"), clock);

  @BeforeEach
  void listen() {
    log.start();
    logger.addAppender(log);
    logger.setLevel(Level.WARN);
  }

  @AfterEach
  void end() {
    logger.setLevel(level);
    logger.detachAppender(log);
  }

  private void early(Duration by) {
    lag.record(by.negated(), Attributes.empty(), Context.root());
  }

  /** Clocks that are kept differ by that all the time. */
  @Test
  void aFewMillisecondsDoNotHideThatAClockWasSetAfterwards() {
    early(Duration.ofMillis(5));
    assertThat(log.list).isEmpty();

    early(Duration.ofSeconds(7));

    assertThat(log.list)
        .singleElement()
        .satisfies(line -> assertThat(line.getFormattedMessage()).contains("7000 ms"));
  }

  @Test
  void itIsSaidOnceAnHour() {
    early(Duration.ofSeconds(7));
    early(Duration.ofSeconds(8));
    assertThat(log.list).hasSize(1);

    clock.advance(Duration.ofHours(1).plusSeconds(1));
    early(Duration.ofSeconds(7));
    assertThat(log.list).hasSize(2);
  }
}
