package dev.longshore.resolver.site.neighbor;

import dev.longshore.events.MalformedEventException;
import dev.longshore.ipfs.IpfsDataException;
import dev.longshore.ipfs.reader.LeafOrder;
import dev.longshore.ipfs.reader.LeafOrder.Leaf;
import dev.longshore.model.Cid;
import dev.longshore.model.ImageDag;
import dev.longshore.model.MalformedCidException;
import dev.longshore.runtime.edge.http.ErrorBodies;
import dev.longshore.runtime.edge.http.Exchange;
import dev.longshore.runtime.edge.http.HttpFailure;
import dev.longshore.runtime.edge.http.Route;
import dev.longshore.sites.DagPresence.State;
import dev.longshore.sites.Leaves;
import dev.longshore.sites.Leaves.Range;
import dev.longshore.sites.SiteJson;
import dev.longshore.sites.SitePaths;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;

/** A node's routes for its neighbors: a hub's routes for sites, for what it has or fetches. */
public final class NeighborRoutes {
  /** Status of a node that does not have it, and waits for another one itself. */
  static final int FROM_ANOTHER = 409;

  private static final Map<String, String> CAR =
      Map.of("Content-Type", "application/vnd.ipld.car; version=1");

  private final Neighborhood neighborhood;
  private final DagProvider provider;
  private final Pattern paths;

  /**
   * @param provider its own DAGs
   */
  public NeighborRoutes(Neighborhood neighborhood, DagProvider provider) {
    this.neighborhood = neighborhood;
    this.provider = provider;
    this.paths =
        Pattern.compile(
            Pattern.quote(SitePaths.PREFIX + neighborhood.site())
                + "/dags/([^/]+)(/nodes|/leaves)?");
  }

  /** The routes, for a listener that nodes of the site alone reach. */
  public List<Route> routes() {
    return List.of(
        new Route(
            "neighbors",
            null,
            Set.of("GET", "POST"),
            path -> paths.matcher(path).matches(),
            ErrorBodies.PLAIN,
            this::answer));
  }

  private void answer(Exchange exchange) throws Exception {
    Matcher path = paths.matcher(exchange.path());
    if (!path.matches()) {
      throw absent(exchange.path());
    }
    ImageDag dag = dag(path.group(1));
    String what = path.group(2);
    try {
      if (what == null) {
        presence(exchange, dag);
      } else if (what.equals("/nodes")) {
        requireGiven(dag);
        send(exchange, dag, () -> order(exchange, dag).nodes().iterator());
      } else {
        leaves(exchange, dag);
      }
    } catch (IOException | IpfsDataException e) {
      throw unavailable(e);
    }
  }

  private static ImageDag dag(String text) throws HttpFailure {
    try {
      return new ImageDag(Cid.parse(text));
    } catch (MalformedCidException e) {
      throw absent(text);
    }
  }

  private void presence(Exchange exchange, ImageDag dag)
      throws IOException, InterruptedException, MalformedEventException {
    State state =
        provider.has(dag)
            ? State.HERE
            : neighborhood.sources().isComing(dag) ? State.COMING : State.ABSENT;
    exchange.send(
        200,
        Map.of("Content-Type", "application/json"),
        SiteJson.write(neighborhood.presence(state)));
  }

  /** Of what is not here this node is to be the one that takes it from the hub. */
  private void requireGiven(ImageDag dag) throws HttpFailure, InterruptedException {
    if (provider.has(dag)) {
      return;
    }
    if (!provider.awaitKnown(dag)) {
      throw absent(dag.toString());
    }
    if (!neighborhood.sources().isAlone(dag)) {
      throw new HttpFailure(
          FROM_ANOTHER, "FROM_ANOTHER", dag + " is taken from a neighbor here; ask another one");
    }
  }

  private LeafOrder order(Exchange exchange, ImageDag dag)
      throws IOException, InterruptedException {
    if (!provider.has(dag)) {
      provider.bring(dag, exchange.countsTo());
    }
    return provider.order(dag);
  }

  private void leaves(Exchange exchange, ImageDag dag)
      throws HttpFailure, IOException, InterruptedException {
    List<Range> ranges = ranges(exchange.body());
    requireGiven(dag);
    send(exchange, dag, () -> cids(order(exchange, dag).leaves(), ranges));
  }

  private static Iterator<Cid> cids(List<Leaf> leaves, List<Range> ranges) throws IOException {
    if (!ranges.isEmpty() && ranges.getLast().last() >= leaves.size()) {
      throw new IOException(
          "ranges: " + ranges.getLast() + " (expected: below " + leaves.size() + ")");
    }
    return ranges.stream()
        .flatMapToLong(range -> LongStream.rangeClosed(range.first(), range.last()))
        .mapToObj(number -> leaves.get((int) number).cid())
        .iterator();
  }

  private static List<Range> ranges(byte[] body) throws HttpFailure {
    try {
      List<Range> ranges = SiteJson.read(body, Leaves.class).ranges();
      long least = 0;
      for (Range range : ranges) {
        if (range.first() < least || range.last() < range.first()) {
          throw bad("ranges: " + range + " (expected: ascending)");
        }
        least = range.last() + 1;
      }
      if (ranges.size() > Leaves.RANGES) {
        throw bad("ranges: " + ranges.size() + " (expected: at most " + Leaves.RANGES + ")");
      }
      return ranges;
    } catch (MalformedEventException e) {
      throw bad(String.valueOf(e.getMessage()));
    }
  }

  private void send(Exchange exchange, ImageDag dag, CarBody.Order order)
      throws HttpFailure, IOException, InterruptedException {
    exchange.chunks(200, CAR, -1, new CarBody(dag.cid(), order, provider::block), 1);
  }

  private static HttpFailure absent(String what) {
    return new HttpFailure(404, "NOT_FOUND", what + " is not of this site");
  }

  private static HttpFailure bad(String message) {
    return new HttpFailure(400, "BAD_REQUEST", message);
  }

  private static HttpFailure unavailable(Exception e) {
    return new HttpFailure(
        503, "UNAVAILABLE", "it cannot be given now: " + e.getMessage(), Map.of(), e);
  }
}
