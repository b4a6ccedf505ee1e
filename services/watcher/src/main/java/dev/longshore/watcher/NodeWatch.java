package dev.longshore.watcher;

import dev.longshore.containerd.Containerd;
import dev.longshore.containerd.LocalEvent;
import dev.longshore.containerd.LocalEvent.ContentArrived;
import dev.longshore.containerd.LocalEvent.ImageChanged;
import dev.longshore.containerd.LocalEvents;
import dev.longshore.oci.RegistryException;
import dev.longshore.runtime.endpoint.Endpoints;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows one containerd: first it subscribes, then it looks at all images, so that nothing falls
 * between; and so again whenever the events have ended.
 */
final class NodeWatch {
  private static final Logger LOG = LoggerFactory.getLogger(NodeWatch.class);

  /** Longest wait for an event before the watch looks whether something else is due. */
  private static final Duration GLANCE = Duration.ofSeconds(1);

  private final Containerd containerd;
  private final String endpoint;
  private final Duration interval;
  private final NodeInventory inventory;
  private final WaitingImages waiting;
  private final ChangedImages changes;
  private final NodeHints hints;
  private final Knowledge knowledge;
  private final Endpoints endpoints;
  private final Clock clock;
  private final Queue<CompletableFuture<Void>> asked = new ConcurrentLinkedQueue<>();
  private final Thread listener;
  private final Thread teller;

  NodeWatch(
      WatchedNode node,
      String endpoint,
      NodeInventory inventory,
      WaitingImages waiting,
      ChangedImages changes,
      NodeHints hints,
      Knowledge knowledge,
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
    this.listener = Thread.ofVirtual().name("containerd " + name).unstarted(this::listen);
    this.teller = Thread.ofVirtual().name("containerd hints " + name).unstarted(this::tell);
  }

  void start() {
    teller.start();
    listener.start();
  }

  /**
   * Looks at all images soon.
   *
   * @return completed when a look that began later was at all of them
   */
  CompletableFuture<Void> request() {
    CompletableFuture<Void> look = new CompletableFuture<>();
    asked.add(look);
    return look;
  }

  void stop() throws InterruptedException {
    listener.interrupt();
    teller.interrupt();
    listener.join(Duration.ofSeconds(10));
    teller.join(Duration.ofSeconds(10));
    containerd.close();
  }

  private void listen() {
    try {
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
        }
      }
    } catch (InterruptedException e) {
      LOG.debug("following of containerd {} ends", containerd.node());
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

  private void tell() {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        hints.tell(changes.take());
      }
    } catch (InterruptedException e) {
      LOG.debug("hints about containerd {} end", containerd.node());
    }
  }
}
