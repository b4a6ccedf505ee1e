package dev.longshore.resolver.site.neighbor;

import dev.longshore.settings.value.Listen;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The addresses of a site's nodes, this one's included. A separate thread resolves names
 * periodically: an unavailable DNS server delays nothing and removes no node.
 */
final class Nodes {
  private static final Logger LOG = LoggerFactory.getLogger(Nodes.class);
  private static final Duration LOOK_UP = Duration.ofSeconds(30);

  /** Longest wait for the first addresses. */
  private static final Duration FIRST = Duration.ofSeconds(2);

  private final List<Listen> nodes;
  private final Lookup lookup;
  private final LongSupplier nanos;
  private final CountDownLatch known = new CountDownLatch(1);
  private final Map<Listen, Set<InetSocketAddress>> addresses = new LinkedHashMap<>();
  private boolean looking;
  private boolean looked;
  private long lookedAt;

  /** Finds all addresses of a name. */
  @FunctionalInterface
  interface Lookup {
    InetAddress[] all(String name) throws UnknownHostException;
  }

  Nodes(List<String> nodes, Lookup lookup, LongSupplier nanos) {
    this.nodes = nodes.stream().map(NeighborSettings::address).toList();
    this.lookup = lookup;
    this.nanos = nanos;
  }

  /** Those that are known now. */
  List<InetSocketAddress> addresses() throws InterruptedException {
    refresh();
    boolean _ = known.await(FIRST.toMillis(), TimeUnit.MILLISECONDS);
    synchronized (this) {
      Set<InetSocketAddress> all = new LinkedHashSet<>();
      addresses.values().forEach(all::addAll);
      return List.copyOf(all);
    }
  }

  private synchronized void refresh() {
    long now = nanos.getAsLong();
    if (!looking && (!looked || now - lookedAt >= LOOK_UP.toNanos())) {
      looking = true;
      looked = true;
      lookedAt = now;
      Thread.ofVirtual().name("neighbor-names").start(this::look);
    }
  }

  private void look() {
    try {
      nodes.forEach(this::look);
    } finally {
      synchronized (this) {
        looking = false;
      }
      known.countDown();
    }
  }

  private void look(Listen node) {
    try {
      Set<InetSocketAddress> found = new LinkedHashSet<>();
      Arrays.stream(lookup.all(node.host()))
          .forEach(address -> found.add(new InetSocketAddress(address, node.port())));
      synchronized (this) {
        addresses.put(node, found);
      }
    } catch (UnknownHostException e) {
      LOG.warn("{}: its addresses are not known now; those known before count", node, e);
    }
  }
}
