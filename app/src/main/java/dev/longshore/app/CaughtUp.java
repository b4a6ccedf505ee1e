package dev.longshore.app;

import dev.longshore.catalog.CatalogSource;
import dev.longshore.runtime.service.lifecycle.Part;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delays a resolver's start until it has caught up: in a rolling restart the next one stops when
 * this one is ready, and neither would know a new image. Does not wait for a Kafka that is away, or
 * that has more records than fit into the limit.
 *
 * @param reached whether Kafka answered at this start
 */
record CaughtUp(CatalogSource source, BooleanSupplier reached, Duration limit) implements Part {
  private static final Logger LOG = LoggerFactory.getLogger(CaughtUp.class);

  @Override
  public String name() {
    return "known images";
  }

  @Override
  public void start() throws InterruptedException {
    if (!reached.getAsBoolean()) {
      return;
    }
    try {
      source.awaitEnd(limit);
    } catch (TimeoutException e) {
      LOG.warn("{}; what is known is served meanwhile", e.getMessage());
    }
  }

  @Override
  public void stop(Duration drain) {}
}
