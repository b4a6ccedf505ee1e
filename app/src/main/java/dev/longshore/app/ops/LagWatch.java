package dev.longshore.app.ops;

import dev.longshore.app.query.find.QueryException;
import dev.longshore.app.query.lag.KnownSites;
import dev.longshore.runtime.service.lifecycle.Loop;
import dev.longshore.runtime.service.lifecycle.Part;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks once a minute how far sites are behind, whether or not somebody has the page open: lag
 * grows when no report comes, too.
 */
final class LagWatch implements Part {
  static final Duration USUAL = Duration.ofMinutes(1);

  private static final Logger LOG = LoggerFactory.getLogger(LagWatch.class);

  private final KnownSites.Source source;
  private final LagSeries series;
  private final Duration pause;
  private final InstantSource clock;

  /** Never opened: a stop interrupts its waiter. */
  private final CountDownLatch never = new CountDownLatch(1);

  private final Loop loop = new Loop(name(), this::follow);

  LagWatch(KnownSites.Source source, LagSeries series, Duration pause, InstantSource clock) {
    this.source = source;
    this.series = series;
    this.pause = pause;
    this.clock = clock;
  }

  @Override
  public String name() {
    return "lag of sites";
  }

  @Override
  public void start() {
    loop.start();
  }

  /** Why nobody looks any more, if so. */
  Optional<String> trouble() {
    return loop.trouble();
  }

  private void follow() throws InterruptedException {
    do {
      look();
    } while (!never.await(pause.toNanos(), TimeUnit.NANOSECONDS));
  }

  /** What could not be found out leaves a gap, which the page shows. */
  private void look() throws InterruptedException {
    try {
      Optional<KnownSites> known = source.now();
      if (known.isPresent()) {
        series.add(known.get().behind(), clock.instant());
      }
    } catch (QueryException | KafkaException e) {
      LOG.debug("how far sites are behind is not known", e);
    } catch (RuntimeException | Error e) { // The next look must come whatever this one met.
      LOG.error("how far sites are behind could not be found out", e);
    }
  }

  @Override
  public void stop(Duration drain) {
    loop.interrupt();
  }
}
