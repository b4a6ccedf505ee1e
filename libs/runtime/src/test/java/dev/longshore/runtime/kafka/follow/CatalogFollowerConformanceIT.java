package dev.longshore.runtime.kafka.follow;

import dev.longshore.catalog.testing.CatalogSourceConformance;
import dev.longshore.catalog.testing.CatalogSourceFixture;
import dev.longshore.runtime.testing.SharedKafka;
import java.util.concurrent.atomic.AtomicInteger;

/** The follower of a real Kafka is a source of a catalog. */
class CatalogFollowerConformanceIT extends CatalogSourceConformance {
  private static final AtomicInteger count = new AtomicInteger();

  @Override
  protected CatalogSourceFixture place() {
    return new KafkaFixture(SharedKafka.broker(), "run" + count.incrementAndGet() + ".");
  }
}
