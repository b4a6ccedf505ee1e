package dev.longshore.resolver.site;

import com.sun.net.httpserver.HttpExchange;
import dev.longshore.events.MalformedEventException;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.car.CarWriter;
import dev.longshore.ipfs.node.Reach;
import dev.longshore.ipfs.reader.LeafOrder;
import dev.longshore.model.Cid;
import dev.longshore.sites.Leaves;
import dev.longshore.sites.SiteJson;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/** Nodes and leaves of a hub, which come as a test wants them. */
final class TwinBlocks {
  private final HubTwin hub;
  private final AtomicInteger atOnce = new AtomicInteger();
  private final Map<Cid, Integer> sentOfHeld = new ConcurrentHashMap<>();

  TwinBlocks(HubTwin hub) {
    this.hub = hub;
  }

  void handle(HttpExchange exchange, String path, byte[] body)
      throws IOException, MalformedEventException, InterruptedException {
    try {
      if (atOnce.incrementAndGet() > hub.mostAtOnce) {
        exchange.sendResponseHeaders(503, -1);
      } else if (path.endsWith("/nodes")) {
        car(exchange, nodes(exchange.getRequestURI()), hub.nodeCars);
      } else {
        if (hub.waits.test(dag(path))) {
          hub.released.await();
        }
        car(exchange, leaves(path, SiteJson.read(body, Leaves.class)), hub.leafCars);
      }
    } finally {
      atOnce.decrementAndGet();
    }
  }

  private void car(HttpExchange exchange, List<Cid> blocks, UnaryOperator<byte[]> done)
      throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    CarWriter car = new CarWriter(out, List.of());
    for (Cid cid : blocks) {
      byte[] bytes = block(cid);
      car.put(cid, bytes, 0, bytes.length);
    }
    byte[] sent = done.apply(out.toByteArray());
    Cid slow = hub.held;
    if (slow != null && dag(exchange.getRequestURI().getPath()).equals(slow)) {
      hold(exchange, slow, sent);
      return;
    }
    if (sent.length <= hub.cutBlocksAfter) {
      HubTwin.send(exchange, sent);
      return;
    }
    exchange.sendResponseHeaders(200, sent.length);
    exchange.getResponseBody().write(sent, 0, hub.cutBlocksAfter);
    exchange.getResponseBody().flush();
  }

  private void hold(HttpExchange exchange, Cid slow, byte[] sent) throws IOException {
    int before = sentOfHeld.merge(slow, sent.length, Integer::sum) - sent.length;
    int first = Math.clamp((long) hub.holdAfter - before, 0, sent.length);
    exchange.sendResponseHeaders(200, sent.length);
    exchange.getResponseBody().write(sent, 0, first);
    exchange.getResponseBody().flush();
    boolean isHeld = first < sent.length;
    hub.holding.addAndGet(isHeld ? 1 : 0);
    try {
      if (isHeld && !hub.released.await(30, TimeUnit.SECONDS)) {
        throw new IOException("not hub.released");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException();
    } finally {
      hub.holding.addAndGet(isHeld ? -1 : 0);
    }
    exchange.getResponseBody().write(sent, first, sent.length - first);
  }

  private byte[] block(Cid cid) throws IOException {
    return hub.centre.block(cid, Reach.LOCAL, Deadline.after(Duration.ofSeconds(10))).bytes();
  }

  LeafOrder order(Cid dag) throws IOException {
    return LeafOrder.of(dag, (cid, _) -> block(cid), Deadline.after(Duration.ofSeconds(10)));
  }

  private List<Cid> nodes(URI uri) throws IOException {
    Set<Cid> had = new HashSet<>();
    if (uri.getQuery() != null) {
      for (String have : uri.getQuery().split("&", -1)) {
        had.addAll(order(Cid.parse(have.substring("have=".length()))).nodes());
      }
    }
    List<Cid> nodes = new ArrayList<>(order(dag(uri.getPath())).nodes());
    nodes.removeAll(had);
    return nodes;
  }

  private List<Cid> leaves(String path, Leaves wanted) throws IOException {
    hub.wantedLeaves.add(
        wanted.ranges().stream().mapToInt(range -> (int) (range.last() - range.first()) + 1).sum());
    List<LeafOrder.Leaf> all = order(dag(path)).leaves();
    List<Cid> found = new ArrayList<>();
    for (Leaves.Range range : wanted.ranges()) {
      for (long n = range.first(); n <= range.last(); n++) {
        found.add(all.get((int) n).cid());
        hub.sentLeaves.incrementAndGet();
      }
    }
    return hub.reversed ? found.reversed() : found;
  }

  private static Cid dag(String path) {
    return Cid.parse(path.split("/", -1)[5]);
  }
}
