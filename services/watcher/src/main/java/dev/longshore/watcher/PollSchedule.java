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

/** Polls one registry at its interval, at the start, and when asked to. */
final class PollSchedule {
  /** Two machines' clocks differ by less, or much else goes wrong first. */
  private static final Duration CLOCKS_DIFFER = Duration.ofMinutes(1);

  private static final Logger LOG = LoggerFactory.getLogger(PollSchedule.class);
  private final WatchedRegistry registry;
  private final Duration interval;
  private final Poll poll;
  private final Knowledge knowledge;
  private final Endpoints endpoints;

  /** Held while the poll is used. */
  private final ReentrantLock turn = new ReentrantLock();

  private final Queue<Request> asked = new ConcurrentLinkedQueue<>();
  private final BlockingQueue<WatchedRegistry> requests = new LinkedBlockingQueue<>(1);
  private final Loop loop;
  private volatile int begun;
  private Instant lookedSince = Instant.EPOCH;

  /**
   * Somebody's wish for a whole look.
   *
   * @param round the first one that will do
   */
  private record Request(int round, CompletableFuture<Void> done) {}

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

  /**
   * Polls soon; requests that come before it does are one.
   *
   * @return completed when a round that began later has been at all of the registry
   */
  CompletableFuture<Void> request() {
    CompletableFuture<Void> done = new CompletableFuture<>();
    asked.add(new Request(begun + 1, done));
    requests.offer(registry);
    return done;
  }

  /** Polls on the caller's thread, unless a round that began after the instant was at all of it. */
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

  /** Looks at one repository; whoever waits for the round is told when that was the last. */
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
