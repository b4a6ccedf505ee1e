package dev.longshore.converter;

import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.CatalogException;
import dev.longshore.catalog.NewDecisions;
import dev.longshore.converter.ingest.Holds;
import dev.longshore.runtime.kafka.step.PermanentFailure;
import dev.longshore.runtime.kafka.step.TransientFailure;
import dev.longshore.runtime.service.lifecycle.Loop;
import dev.longshore.runtime.service.lifecycle.Part;
import dev.longshore.runtime.service.metrics.LoopTurn;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes off holds that processes left behind; those of forgotten images are the pinner's. Looks at
 * the start, after each decision, and hourly: at the ingest peers, and at all others, which may
 * have been such.
 */
public final class LeftHolds implements Part {
  private static final Duration INTERVAL = Duration.ofHours(1);

  /** Time before the next look when one failed. */
  private static final Duration RETRY = Duration.ofSeconds(30);

  private static final Logger LOG = LoggerFactory.getLogger(LeftHolds.class);
  private final Catalog catalog;
  private final Supplier<List<Holds>> holds;
  private final Supplier<List<Holds>> others;
  private final NewDecisions decisions;
  private final LoopTurn turn;
  private final Loop loop = new Loop("left holds", this::run);

  /**
   * @param holds on the ingest peers
   * @param others on peers that are none any more
   */
  LeftHolds(
      Catalog catalog, Supplier<List<Holds>> holds, Supplier<List<Holds>> others, LoopTurn turn) {
    this.catalog = catalog;
    this.decisions = new NewDecisions(catalog);
    this.holds = holds;
    this.others = others;
    this.turn = turn;
  }

  @Override
  public String name() {
    return "left holds";
  }

  @Override
  public void start() {
    loop.start();
  }

  /** Why nothing is looked for any more, if so. */
  public Optional<String> trouble() {
    return loop.trouble();
  }

  private void run() throws InterruptedException {
    while (true) {
      List<Holds> failed = failed(holds.get());
      // These wait for the next look at all: one may be away for good.
      failed(others.get());
      turn.turned();
      boolean isDue = false;
      for (long retries = 0; !isDue && !failed.isEmpty(); retries++) {
        isDue = decisions.await(RETRY) || retries == INTERVAL.dividedBy(RETRY);
        failed = isDue ? failed : failed(failed);
      }
      if (!isDue) {
        decisions.await(INTERVAL);
      }
    }
  }

  /** Those at which a look failed, or left something. */
  private List<Holds> failed(List<Holds> some) throws InterruptedException {
    List<Holds> failed = new ArrayList<>();
    for (Holds at : some) {
      if (!look(at)) {
        failed.add(at);
      }
    }
    return failed;
  }

  private boolean look(Holds at) throws InterruptedException {
    try {
      return at.sweep(catalog.decisions()::forgottenDigests);
    } catch (CatalogException | TransientFailure | PermanentFailure e) {
      LOG.info("holds of conversions cannot be looked through yet: {}", e.getMessage());
      return false;
    }
  }

  @Override
  public void stop(Duration drain) throws InterruptedException {
    decisions.close();
    loop.stop(drain);
  }
}
