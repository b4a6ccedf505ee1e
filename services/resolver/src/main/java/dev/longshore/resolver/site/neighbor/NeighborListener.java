package dev.longshore.resolver.site.neighbor;

import dev.longshore.runtime.edge.access.AccessSettings;
import dev.longshore.runtime.edge.access.ListenerSettings;
import dev.longshore.runtime.edge.http.EdgeOptions;
import dev.longshore.runtime.edge.http.HttpEdge;
import dev.longshore.runtime.edge.http.Route;
import dev.longshore.runtime.service.lifecycle.Part;
import dev.longshore.runtime.service.tls.ServerTlsSettings;
import dev.longshore.settings.value.Listen;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node's listener for its neighbors, once it has the keys of its site: one that joined at an
 * earlier release gets them when its credential is renewed.
 */
public final class NeighborListener implements Part {
  private static final Logger LOG = LoggerFactory.getLogger(NeighborListener.class);
  private static final Duration LOOK = Duration.ofSeconds(2);

  /** Two dozen neighbors, each with a few images at once. */
  private static final int REQUESTS = 128;

  private final BiFunction<EdgeOptions, List<Route>, HttpEdge> edges;
  private final Listen listen;
  private final NeighborRoutes routes;
  private final Supplier<Optional<ServerTlsSettings>> files;
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable HttpEdge edge;
  private @Nullable Thread waiting;

  /**
   * @param edges makes a listener of its options and routes
   * @param files keys of the site's nodes, once there are any
   */
  public NeighborListener(
      BiFunction<EdgeOptions, List<Route>, HttpEdge> edges,
      Listen listen,
      NeighborRoutes routes,
      Supplier<Optional<ServerTlsSettings>> files) {
    this.edges = edges;
    this.listen = listen;
    this.routes = routes;
    this.files = files;
  }

  @Override
  public String name() {
    return "neighbors listener";
  }

  @Override
  public void start() throws IOException, InterruptedException {
    if (!startIfItCan()) {
      LOG.warn(
          "the hub has given no keys of the site's nodes yet, so this one shares no line; it asks"
              + " for them, and a hub of this release gives them");
      waiting = Thread.ofVirtual().name("neighbor-keys").start(this::await);
    }
  }

  private boolean startIfItCan() throws IOException, InterruptedException {
    Optional<ServerTlsSettings> tls = files.get();
    if (tls.isEmpty()) {
      return false;
    }
    AccessSettings access = new AccessSettings(null, false, tls.get(), false);
    HttpEdge made =
        edges.apply(
            EdgeOptions.of("neighbors", new ListenerSettings(listen, access))
                .withMaxConcurrent(REQUESTS),
            routes.routes());
    lock.lock();
    try {
      made.start();
      edge = made;
    } finally {
      lock.unlock();
    }
    return true;
  }

  private void await() {
    try {
      while (!startIfItCan()) {
        TimeUnit.NANOSECONDS.sleep(LOOK.toNanos());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      LOG.error("this node does not answer its neighbors: {}", e.getMessage());
    }
  }

  /** With the real port, once it listens. */
  public Optional<Listen> address() {
    lock.lock();
    try {
      return Optional.ofNullable(edge).map(HttpEdge::address);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void stop(Duration drain) throws IOException, InterruptedException {
    Thread waits = waiting;
    if (waits != null) {
      waits.interrupt();
      waits.join();
    }
    HttpEdge open;
    lock.lock();
    try {
      open = edge;
      edge = null;
    } finally {
      lock.unlock();
    }
    if (open != null) {
      open.stop(drain);
    }
  }
}
