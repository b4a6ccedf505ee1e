package dev.longshore.runtime.testing;

import dev.longshore.catalog.testing.KafkaBroker;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** Kafka hosts steps as it must. */
final class KafkaStepHostIT extends StepHostConformance {
  private static KafkaBroker broker;

  @BeforeAll
  static void startKafka(@TempDir Path dir) {
    broker = KafkaBroker.start(dir);
  }

  @AfterAll
  static void stopKafka() {
    broker.close();
  }

  @Override
  protected StepHostBed bed() throws Exception {
    return new KafkaBed(broker.connection());
  }
}
