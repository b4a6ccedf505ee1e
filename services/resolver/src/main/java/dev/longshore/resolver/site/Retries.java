package dev.longshore.resolver.site;

import dev.longshore.resolver.site.hub.HubException;
import dev.longshore.resolver.site.hub.HubException.Kind;
import java.io.IOException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Decides when to retry a requested image. */
final class Retries {
  private static final Logger LOG = LoggerFactory.getLogger(Retries.class);

  /** A line that is back within that time loses nobody; readers give up before, or ask again. */
  private static final Duration GOES_ON = Duration.ofMinutes(1);

  /** Wrong answers in a row, with nothing right in between. */
  private static final int WRONG = 3;

  private final DagFetch.Hubs hubs;
  private final Backoff backoff;
  private int failures;
  private int wrong;

  Retries(DagFetch.Hubs hubs, Backoff backoff) {
    this.hubs = hubs;
    this.backoff = backoff;
  }

  void succeeded() {
    failures = 0;
    wrong = 0;
  }

  /**
   * Returns when it is to be tried again.
   *
   * @throws IOException the failure itself, if there is no hope
   */
  void after(IOException e, Demand demand) throws IOException, InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException("the site stops");
    }
    boolean hopeless = false;
    if (e instanceof HubException h) {
      hopeless = h.kind() == Kind.ABSENT || h.kind() == Kind.REFUSED;
      wrong = h.kind() == Kind.WRONG ? wrong + 1 : 0;
    }
    if (hopeless || wrong >= WRONG || demand.idle().compareTo(GOES_ON) > 0) {
      throw e;
    }
    hubs.next();
    LOG.info("{} goes on: {}", demand.dag(), e.getMessage());
    var _ = new Signal().await(backoff.after(++failures));
  }
}
