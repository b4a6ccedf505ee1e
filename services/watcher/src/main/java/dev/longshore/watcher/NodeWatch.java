package dev.longshore.watcher;

import dev.longshore.catalog.CatalogException;
import dev.longshore.containerd.Containerd;
import dev.longshore.containerd.LocalEvent;
import dev.longshore.containerd.LocalEvent.ContentArrived;
import dev.longshore.containerd.LocalEvent.ImageChanged;
import dev.longshore.containerd.LocalEvents;
import dev.longshore.oci.RegistryException;
import dev.longshore.runtime.service.endpoint.Endpoints;
import dev.longshore.runtime.service.lifecycle.Loop;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows one containerd: subscribes first, then looks at all images, so that it misses nothing;
 * and again whenever the event stream ends.
 */
final class NodeWatch {
  private static final Logger LOG = LoggerFactory.getLogger(NodeWatch.class);

  /** Longest wait for an event before checking for other due work. */
  private static final Duration GLANCE = Duration.ofSeconds(1);

  private final Containerd containerd;
  private final String endpoint;
  private final Duration interval;
  private final NodeInventory inventory;
  private final WaitingImages waiting;
  private final ChangedImages changes;
  private final NodeHints hints;
  private final CatalogBarrier knowledge;
  private final Endpoints endpoints;
  private final Clock clock;
  private final Queue<CompletableFuture<Void>> asked = new ConcurrentLinkedQueue<>();
  private final Loop listener;
  private final Loop teller;

  NodeWatch(
      WatchedNode node,
      String endpoint,
      NodeInventory inventory,
      WaitingImages waiting,
      ChangedImages changes,
      NodeHints hints,
      CatalogBarrier knowledge,
      Endpoints endpoints,
      Clock clock) {
    this.containerd = node.containerd();
    this.endpoint = endpoint;
    this.interval = node.settings().interval();
    this.inventory = inventory;
    this.waiting = waiting;
    this.changes = changes;
    this.hints = hints;
    this.knowledge = knowledge;
    this.endpoints = endpoints;
    this.clock = clock;
    String name = node.settings().name();
    this.listener = new Loop("following of containerd " + name, this::listen);
    this.teller = new Loop("hints about containerd " + name, this::tell);
  }

  void start() {
    teller.start();
    listener.start();
  }

  /**
   * Looks at all images soon.
   *
   * @return completed when a look that began after the call has covered all of them
   */
  CompletableFuture<Void> request() {
    CompletableFuture<Void> look = new CompletableFuture<>();
    asked.add(look);
    return look;
  }

  void stop() throws InterruptedException {
    listener.interrupt();
    teller.interrupt();
    listener.stop(Duration.ofSeconds(10));
    teller.stop(Duration.ofSeconds(10));
    containerd.close();
  }

  /** Why images of the node are no longer found, if so. */
  Optional<String> trouble() {
    return listener.trouble().or(teller::trouble);
  }

  private void listen() throws InterruptedException {
    while (!Thread.currentThread().isInterrupted()) {
      knowledge.await();
      endpoints.awaitOpen(endpoint);
      try (LocalEvents events = containerd.subscribe()) {
        compare(true);
        endpoints.succeeded(endpoint);
        LOG.info("following the images of containerd {}", containerd.node());
        follow(events);
      } catch (RegistryException e) {
        failed(e);
      } catch (CatalogException e) {
        LOG.warn("containerd {} is followed later: {}", containerd.node(), e.getMessage());
        endpoints.failed(endpoint, String.valueOf(e.getMessage()), null);
      }
    }
  }

  private void failed(RegistryException e) throws InterruptedException {
    if (e.kind() == RegistryException.Kind.INTERRUPTED) {
      throw new InterruptedException();
    }
    LOG.warn("containerd {} cannot be followed: {}", containerd.node(), e.getMessage());
    endpoints.failed(endpoint, String.valueOf(e.getMessage()), e.retryAfter().orElse(null));
  }

  private void follow(LocalEvents events) throws RegistryException {
    Instant due = clock.instant().plus(interval);
    while (true) {
      events.next(GLANCE).ifPresent(this::handle);
      if (!asked.isEmpty() || !clock.instant().isBefore(due)) {
        compare(false);
        due = clock.instant().plus(interval);
      }
    }
  }

  private void compare(boolean whole) throws RegistryException {
    int before = asked.size();
    inventory.compare(whole);
    for (int done = 0; done < before; done++) {
      asked.remove().complete(null);
    }
  }

  private void handle(LocalEvent event) {
    switch (event) {
      case ImageChanged(String namespace, String name) ->
          inventory.mirrored(namespace, name).ifPresent(changes::add);
      case ContentArrived(String namespace, var digest) ->
          changes.addAll(waiting.arrived(namespace, digest));
    }
  }

  private void tell() throws InterruptedException {
    while (!Thread.currentThread().isInterrupted()) {
      hints.tell(changes.take());
    }
  }
}
