package dev.longshore.catalog;

import dev.longshore.catalog.testing.CatalogSourceConformance;
import dev.longshore.catalog.testing.CatalogSourceFixture;
import dev.longshore.catalog.testing.KafkaBroker;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The follower of a real Kafka is a source of a catalog. */
class CatalogFollowerConformanceIT extends CatalogSourceConformance {
  private static final AtomicInteger count = new AtomicInteger();
  @TempDir static Path kafkaDir;
  private static KafkaBroker kafka;

  @BeforeAll
  static void startKafka() {
    kafka = KafkaBroker.start(kafkaDir);
  }

  @AfterAll
  static void stopKafka() {
    kafka.close();
  }

  @Override
  protected CatalogSourceFixture place() {
    return new KafkaFixture(kafka, "run" + count.incrementAndGet() + ".");
  }
}
