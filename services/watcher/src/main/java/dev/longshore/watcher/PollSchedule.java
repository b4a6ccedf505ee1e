package dev.longshore.watcher;

import dev.longshore.catalog.CatalogException;
import dev.longshore.oci.RegistryException;
import dev.longshore.runtime.endpoint.Endpoints;
import dev.longshore.runtime.lifecycle.Loop;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Polls one registry at its interval, at the start, and when asked to. */
final class PollSchedule {
  private static final Logger LOG = LoggerFactory.getLogger(PollSchedule.class);
  private final WatchedRegistry registry;
  private final Duration interval;
  private final Poll poll;
  private final Knowledge knowledge;
  private final Endpoints endpoints;
  private final BlockingQueue<WatchedRegistry> requests = new LinkedBlockingQueue<>(1);
  private final Loop loop;

  PollSchedule(
      WatchedRegistry registry,
      Duration interval,
      Poll poll,
      Knowledge knowledge,
      Endpoints endpoints) {
    this.registry = registry;
    this.interval = interval;
    this.poll = poll;
    this.knowledge = knowledge;
    this.endpoints = endpoints;
    this.loop = new Loop("poll of registry " + registry.name(), this::run);
  }

  void start() {
    loop.start();
  }

  /** Polls soon; requests that come before it does are one. */
  void request() {
    requests.offer(registry);
  }

  void stop() throws InterruptedException {
    loop.stop(Duration.ofSeconds(10));
  }

  /** That the registry is polled no more, and why. */
  Optional<String> trouble() {
    return loop.trouble();
  }

  private void run() throws InterruptedException {
    while (!Thread.currentThread().isInterrupted()) {
      knowledge.await();
      boolean tries = endpoints.awaitOpen(registry.endpoint());
      if (next(tries) == Outcome.OVER
          && requests.poll(interval.toMillis(), TimeUnit.MILLISECONDS) != null) {
        poll.beginAnew();
      }
    }
  }

  /** Polls now, on the caller's thread, until the round is over or the registry away. */
  void once() throws InterruptedException {
    Outcome outcome;
    do {
      outcome = next(true);
    } while (outcome == Outcome.GOES_ON);
  }

  private enum Outcome {
    GOES_ON,
    /** The round goes on when the registry is back. */
    AWAY,
    OVER
  }

  /**
   * Looks at one repository.
   *
   * @param tries whether all others wait for what comes of it
   */
  private Outcome next(boolean tries) throws InterruptedException {
    Outcome outcome = Outcome.OVER;
    try {
      poll.next();
      outcome = poll.isOver() ? Outcome.OVER : Outcome.GOES_ON;
    } catch (RegistryException e) {
      if (e.kind() == RegistryException.Kind.INTERRUPTED) {
        throw new InterruptedException();
      }
      if (e.transientFailure()) {
        endpoints.failed(
            registry.endpoint(), String.valueOf(e.getMessage()), e.retryAfter().orElse(null));
        return Outcome.AWAY;
      }
      LOG.warn("poll of registry {} failed: {}", registry.host(), e.getMessage());
    } catch (CatalogException e) {
      LOG.warn("poll of registry {} ended early: {}", registry.host(), e.getMessage());
    } catch (HintNotStoredException e) {
      LOG.warn(
          "poll of registry {} found changes but could not store them: {}",
          registry.host(),
          e.getMessage());
    }
    if (tries) {
      endpoints.succeeded(registry.endpoint());
    }
    return outcome;
  }
}
