package dev.longshore.watcher;

import dev.longshore.catalog.CatalogException;
import dev.longshore.oci.RegistryException;
import dev.longshore.runtime.service.endpoint.Endpoints;
import dev.longshore.runtime.service.lifecycle.Loop;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Polls one registry at the start, at its interval, and on request. */
final class PollSchedule {
  /** Clocks of two machines differ by less, or much else fails first. */
  private static final Duration CLOCKS_DIFFER = Duration.ofMinutes(1);

  private static final Logger LOG = LoggerFactory.getLogger(PollSchedule.class);
  private final WatchedRegistry registry;
  private final Duration interval;
  private final Poll poll;
  private final CatalogBarrier knowledge;
  private final Endpoints endpoints;

  /** Held during a poll. */
  private final ReentrantLock turn = new ReentrantLock();

  private final Queue<Request> asked = new ConcurrentLinkedQueue<>();
  private final BlockingQueue<WatchedRegistry> requests = new LinkedBlockingQueue<>(1);
  private final Loop loop;
  private volatile int begun;
  private Instant lookedSince = Instant.EPOCH;

  /**
   * A request for a complete look.
   *
   * @param round the first round that fulfils it
   */
  private record Request(int round, CompletableFuture<Void> done) {}

  PollSchedule(
      WatchedRegistry registry,
      Duration interval,
      Poll poll,
      CatalogBarrier knowledge,
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

  /**
   * Polls soon; requests before that poll share it.
   *
   * @return completed when a round that began after the call has covered the registry
   */
  CompletableFuture<Void> request() {
    CompletableFuture<Void> done = new CompletableFuture<>();
    asked.add(new Request(begun + 1, done));
    requests.offer(registry);
    return done;
  }

  /**
   * Polls on the caller's thread, unless a round that began after the instant has covered the
   * registry.
   */
  void lookSince(Instant instant)
      throws RegistryException, HintNotStoredException, InterruptedException {
    turn.lockInterruptibly();
    try {
      if (lookedSince.isBefore(instant.plus(CLOCKS_DIFFER))) {
        poll.beginAnew();
        do {
          look();
        } while (!poll.isOver());
      }
    } finally {
      turn.unlock();
    }
  }

  void stop() throws InterruptedException {
    loop.stop(Duration.ofSeconds(10));
  }

  /** Records that the registry is no longer polled, and why. */
  Optional<String> trouble() {
    return loop.trouble();
  }

  private void run() throws InterruptedException {
    while (!Thread.currentThread().isInterrupted()) {
      knowledge.await();
      boolean tries = endpoints.awaitOpen(registry.endpoint());
      if (next(tries) == Outcome.OVER
          && requests.poll(interval.toMillis(), TimeUnit.MILLISECONDS) != null) {
        beginAnew();
      }
    }
  }

  private void beginAnew() throws InterruptedException {
    turn.lockInterruptibly();
    try {
      poll.beginAnew();
    } finally {
      turn.unlock();
    }
  }

  /** Polls now, on the caller's thread, until the round is complete or the registry fails. */
  void once() throws InterruptedException {
    Outcome outcome;
    do {
      outcome = next(true);
    } while (outcome == Outcome.GOES_ON);
  }

  private enum Outcome {
    GOES_ON,
    /** The round resumes when the registry is back. */
    AWAY,
    OVER
  }

  /**
   * Looks at one repository.
   *
   * @param tries whether all others wait for its result
   */
  private Outcome next(boolean tries) throws InterruptedException {
    Outcome outcome = Outcome.OVER;
    turn.lockInterruptibly();
    try {
      look();
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
    } finally {
      turn.unlock();
    }
    if (tries) {
      endpoints.succeeded(registry.endpoint());
    }
    return outcome;
  }

  /** Looks at one repository; after the last, completes the requests for the round. */
  private void look() throws RegistryException, HintNotStoredException, InterruptedException {
    try {
      poll.next();
    } finally {
      begun = poll.rounds();
    }
    if (poll.isOver()) {
      lookedSince = poll.began();
      requests.clear();
      asked.removeIf(request -> request.round() <= begun && request.done().complete(null));
      if (!asked.isEmpty()) {
        requests.offer(registry);
      }
    }
  }
}
