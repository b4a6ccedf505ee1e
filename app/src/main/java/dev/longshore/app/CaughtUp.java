package dev.longshore.app;

import dev.longshore.catalog.CatalogSource;
import dev.longshore.runtime.service.lifecycle.Part;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds a resolver's start until it knows what came while it was away: in a rolling restart the
 * next one goes when this one is there, and an image that is new would be found at neither. A Kafka
 * that is away is not waited for, nor one that has more to tell than fits into the limit.
 *
 * @param reached whether Kafka answered this start
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
