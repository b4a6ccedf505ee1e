package dev.longshore.resolver.site.neighbor;

import dev.longshore.runtime.edge.access.AccessSettings;
import dev.longshore.runtime.edge.access.ListenerSettings;
import dev.longshore.runtime.edge.http.EdgeOptions;
import dev.longshore.runtime.edge.http.HttpEdge;
import dev.longshore.runtime.edge.http.Route;
import dev.longshore.runtime.service.lifecycle.Loop;
import dev.longshore.runtime.service.lifecycle.Part;
import dev.longshore.runtime.service.tls.ServerTlsSettings;
import dev.longshore.settings.value.Listen;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
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

  /** A start that is under way ends at the interrupt. */
  private static final Duration STOP = Duration.ofSeconds(10);

  /** Two dozen neighbors, each with a few images at once. */
  private static final int REQUESTS = 128;

  private final BiFunction<EdgeOptions, List<Route>, HttpEdge> edges;
  private final Listen listen;
  private final NeighborRoutes routes;
  private final Supplier<Optional<ServerTlsSettings>> files;
  private final Duration pause;
  private final ReentrantLock lock = new ReentrantLock();

  /** Never opened: a stop interrupts its waiter. */
  private final CountDownLatch never = new CountDownLatch(1);

  private final Loop waiting = new Loop("wait for the keys of the site's nodes", this::await);

  /** Made with the first keys, and started until it listens. */
  private @Nullable HttpEdge made;

  private @Nullable HttpEdge edge;

  /** Why it did not listen at the last try, though it has the keys. */
  private volatile @Nullable String refused;

  /**
   * @param edges makes a listener of its options and routes
   * @param files keys of the site's nodes, once there are any
   */
  public NeighborListener(
      BiFunction<EdgeOptions, List<Route>, HttpEdge> edges,
      Listen listen,
      NeighborRoutes routes,
      Supplier<Optional<ServerTlsSettings>> files) {
    this(edges, listen, routes, files, LOOK);
  }

  NeighborListener(
      BiFunction<EdgeOptions, List<Route>, HttpEdge> edges,
      Listen listen,
      NeighborRoutes routes,
      Supplier<Optional<ServerTlsSettings>> files,
      Duration pause) {
    this.edges = edges;
    this.listen = listen;
    this.routes = routes;
    this.files = files;
    this.pause = pause;
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
      waiting.start();
    }
  }

  /** Why its neighbors reach nobody, if so; that the hub gave no keys so far is no reason. */
  public Optional<String> trouble() {
    return waiting.trouble().or(() -> Optional.ofNullable(refused));
  }

  private boolean startIfItCan() throws IOException, InterruptedException {
    Optional<ServerTlsSettings> tls = files.get();
    if (tls.isEmpty()) {
      return false;
    }
    lock.lock();
    try {
      HttpEdge its = made == null ? made(tls.get()) : made;
      made = its;
      its.start();
      edge = its;
    } finally {
      lock.unlock();
    }
    return true;
  }

  private HttpEdge made(ServerTlsSettings tls) {
    AccessSettings access = new AccessSettings(null, false, tls, false);
    return edges.apply(
        EdgeOptions.of("neighbors", new ListenerSettings(listen, access))
            .withMaxConcurrent(REQUESTS),
        routes.routes());
  }

  private void await() throws InterruptedException {
    while (!hasStarted()) {
      TimeUnit.NANOSECONDS.sleep(pause.toNanos());
    }
    never.await();
  }

  private boolean hasStarted() throws InterruptedException {
    try {
      boolean listens = startIfItCan();
      refused = null;
      return listens;
    } catch (IOException e) {
      tell(String.valueOf(e.getMessage()), e);
    } catch (RuntimeException | Error e) { // The next try must come whatever this one met.
      tell(e.toString(), e);
    }
    return false;
  }

  /** Whoever mends it need not restart this process. */
  private void tell(String cause, Throwable e) {
    String why = "this node does not answer its neighbors, and tries again: " + cause;
    if (!why.equals(refused)) {
      LOG.error("{}", why, e);
    }
    refused = why;
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
    boolean _ = waiting.stop(STOP);
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
