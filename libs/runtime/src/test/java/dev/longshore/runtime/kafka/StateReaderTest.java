package dev.longshore.runtime.kafka;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.events.Topic;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StateReaderTest {
  /** Kafka's client throws for it before it asks anybody. */
  @Test
  void aKafkaWhoseNameHasNoAddressIsSaid() {
    StateReader reader =
        new StateReader(Map.of("bootstrap.servers", "no..such:9092"), "", Duration.ofSeconds(1));

    assertThatThrownBy(() -> reader.read(Topic.PINS, 3))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("reading pins-3");
  }
}
