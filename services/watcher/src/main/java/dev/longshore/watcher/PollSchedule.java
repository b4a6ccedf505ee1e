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
  private final RepositoryPatterns repositories;
  private final Duration interval;
  private final Poll poll;
  private final Knowledge knowledge;
  private final Endpoints endpoints;
  private final BlockingQueue<WatchedRegistry> requests = new LinkedBlockingQueue<>(1);
  private final Loop loop;

  PollSchedule(
      WatchedRegistry registry,
      RepositoryPatterns repositories,
      Duration interval,
      Poll poll,
      Knowledge knowledge,
      Endpoints endpoints) {
    this.registry = registry;
    this.repositories = repositories;
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
      endpoints.awaitOpen(registry.endpoint());
      once();
      requests.poll(interval.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  /** Polls now, on the caller's thread; failures are reported to the endpoint, or logged. */
  void once() throws InterruptedException {
    try {
      poll.run(registry, repositories);
      endpoints.succeeded(registry.endpoint());
    } catch (RegistryException e) {
      if (e.kind() == RegistryException.Kind.INTERRUPTED) {
        throw new InterruptedException();
      }
      if (e.transientFailure()) {
        endpoints.failed(
            registry.endpoint(), String.valueOf(e.getMessage()), e.retryAfter().orElse(null));
        request();
      } else {
        LOG.warn("poll of registry {} failed: {}", registry.host(), e.getMessage());
        endpoints.succeeded(registry.endpoint());
      }
    } catch (CatalogException e) {
      LOG.warn("poll of registry {} ended early: {}", registry.host(), e.getMessage());
      endpoints.succeeded(registry.endpoint());
    } catch (HintNotStoredException e) {
      LOG.warn(
          "poll of registry {} found changes but could not store them: {}",
          registry.host(),
          e.getMessage());
      endpoints.succeeded(registry.endpoint());
    }
  }
}
