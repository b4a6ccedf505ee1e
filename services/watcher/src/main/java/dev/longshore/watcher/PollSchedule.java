package dev.longshore.watcher;

import dev.longshore.oci.RegistryException;
import dev.longshore.runtime.endpoint.Endpoints;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
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
  private final RepositoryPatterns repositories;
  private final Duration interval;
  private final Poll poll;
  private final Knowledge knowledge;
  private final Endpoints endpoints;
  private final Clock clock;
  private final ReentrantLock turn = new ReentrantLock();
  private final Queue<CompletableFuture<Void>> asked = new ConcurrentLinkedQueue<>();
  private Instant lookedAt = Instant.EPOCH;
  private final BlockingQueue<WatchedRegistry> requests = new LinkedBlockingQueue<>(1);
  private final Thread thread;

  PollSchedule(
      WatchedRegistry registry,
      RepositoryPatterns repositories,
      Duration interval,
      Poll poll,
      Knowledge knowledge,
      Endpoints endpoints,
      Clock clock) {
    this.registry = registry;
    this.repositories = repositories;
    this.interval = interval;
    this.poll = poll;
    this.knowledge = knowledge;
    this.endpoints = endpoints;
    this.clock = clock;
    this.thread = Thread.ofVirtual().name("poll " + registry.name()).unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /**
   * Polls soon; requests that come before it does are one.
   *
   * @return completed when a poll that began later has been at all of the registry
   */
  CompletableFuture<Void> request() {
    CompletableFuture<Void> look = new CompletableFuture<>();
    asked.add(look);
    requests.offer(registry);
    return look;
  }

  /** Polls on the caller's thread, unless a poll that began after the instant was at all of it. */
  void lookSince(Instant instant)
      throws RegistryException, HintNotStoredException, InterruptedException {
    turn.lockInterruptibly();
    try {
      if (lookedAt.isBefore(instant.plus(CLOCKS_DIFFER))) {
        look();
      }
    } finally {
      turn.unlock();
    }
  }

  private void look() throws RegistryException, HintNotStoredException, InterruptedException {
    turn.lockInterruptibly();
    try {
      int before = asked.size();
      Instant began = clock.instant();
      poll.run(registry, repositories);
      lookedAt = began;
      for (int done = 0; done < before; done++) {
        asked.remove().complete(null);
      }
    } finally {
      turn.unlock();
    }
  }

  void stop() throws InterruptedException {
    thread.interrupt();
    thread.join(Duration.ofSeconds(10));
  }

  private void run() {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        knowledge.await();
        endpoints.awaitOpen(registry.endpoint());
        once();
        requests.poll(interval.toMillis(), TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException e) {
      LOG.debug("polling of registry {} ends", registry.host());
    }
  }

  /** Polls now, on the caller's thread; failures are reported to the endpoint, or logged. */
  void once() throws InterruptedException {
    try {
      look();
      endpoints.succeeded(registry.endpoint());
    } catch (RegistryException e) {
      if (e.kind() == RegistryException.Kind.INTERRUPTED) {
        throw new InterruptedException();
      }
      if (e.transientFailure()) {
        endpoints.failed(
            registry.endpoint(), String.valueOf(e.getMessage()), e.retryAfter().orElse(null));
        requests.offer(registry);
      } else {
        LOG.warn("poll of registry {} failed: {}", registry.host(), e.getMessage());
        endpoints.succeeded(registry.endpoint());
      }
    } catch (HintNotStoredException e) {
      LOG.warn(
          "poll of registry {} found changes but could not store them: {}",
          registry.host(),
          e.getMessage());
      endpoints.succeeded(registry.endpoint());
    }
  }
}
