package dev.longshore.runtime.kafka;

import dev.longshore.catalog.CatalogSource;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Waits until this service's catalog shows everything committed. */
public final class CatchUp {
  private static final Duration ROUND = Duration.ofSeconds(30);
  private static final Logger log = LoggerFactory.getLogger(CatchUp.class);

  private final CatalogSource source;
  private final AtomicReference<@Nullable String> trouble = new AtomicReference<>();

  /** The catalog that the source feeds. */
  public CatchUp(CatalogSource source) {
    this.source = source;
  }

  /** Waits as long as it takes, or until it is no longer wanted. */
  public void await(BooleanSupplier wanted) throws InterruptedException {
    while (wanted.getAsBoolean()) {
      try {
        source.awaitEnd(ROUND);
        trouble.set(null);
        return;
      } catch (TimeoutException e) {
        log.warn(
            "nothing begins before the state topics are read: {}; goes on trying", e.getMessage());
        trouble.set(e.getMessage());
      }
    }
  }

  /** Why the catalog makes no progress; empty while it does. */
  Optional<String> trouble() {
    return Optional.ofNullable(trouble.get());
  }
}
