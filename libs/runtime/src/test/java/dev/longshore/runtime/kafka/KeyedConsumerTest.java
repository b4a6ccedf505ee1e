package dev.longshore.runtime.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.testing.InMemoryCatalogSource;
import dev.longshore.catalog.testing.RecordLog;
import dev.longshore.events.Topic;
import dev.longshore.runtime.kafka.record.ServiceId;
import dev.longshore.runtime.kafka.step.Effects;
import dev.longshore.runtime.service.endpoint.Endpoints;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.testing.ManualClock;
import io.opentelemetry.api.OpenTelemetry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class KeyedConsumerTest {
  private static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");

  private final ManualClock clock = new ManualClock(NOW);

  @Test
  void aDefectThatEndsReadingIsTold() {
    KeyedConsumer consumer =
        consumer(
            () -> {
              throw new NoSuchMethodError("of a jar that was exchanged");
            });

    consumer.start();

    Eventually.await("reported", () -> told(consumer).contains("goes on only after a restart"));
    assertThat(told(consumer)).contains("of a jar that was exchanged");
    consumer.stop(Duration.ZERO);
  }

  @Test
  void aFailureThatMayPassIsToldUntilItHasPassed() {
    KeyedConsumer consumer =
        consumer(
            new Supplier<>() {
              private int looks;

              @Override
              public Instant get() {
                if (++looks == 1) {
                  throw new IllegalStateException("for once");
                }
                return NOW;
              }
            });

    consumer.start();

    Eventually.await("reported", () -> told(consumer).contains("for once"));
    Eventually.await("it has passed", () -> !told(consumer).contains("for once"));
    consumer.stop(Duration.ZERO);
  }

  private static String told(KeyedConsumer consumer) {
    return consumer.trouble().orElse("");
  }

  /** Of a Kafka that is not there. */
  private KeyedConsumer consumer(Supplier<Instant> looks) {
    Catalog catalog = Catalog.inMemory(clock);
    return new KeyedConsumer(
        new ConsumerSettings(
            Map.of("bootstrap.servers", "127.0.0.1:1"), "", new ServiceId("test", "main", "1")),
        Set.of(Topic.OBSERVED),
        (_, _) -> Effects.NONE,
        new Endpoints(clock, (_, _) -> {}, new Random(1)),
        catalog,
        new InMemoryCatalogSource(new RecordLog(), catalog, clock),
        _ -> {},
        OpenTelemetry.noop(),
        new SuppliedClock(looks));
  }

  /** Returns what the test supplies; the consumer reads it after each poll. */
  private static final class SuppliedClock extends Clock {
    private final Supplier<Instant> instants;

    SuppliedClock(Supplier<Instant> instants) {
      this.instants = instants;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      return instants.get();
    }
  }
}
