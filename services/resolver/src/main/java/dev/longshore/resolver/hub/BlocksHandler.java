package dev.longshore.resolver.hub;

import dev.longshore.events.ImageState;
import dev.longshore.events.MalformedEventException;
import dev.longshore.ipfs.IpfsDataException;
import dev.longshore.ipfs.reader.LeafOrder;
import dev.longshore.ipfs.reader.LeafOrder.Leaf;
import dev.longshore.model.Cid;
import dev.longshore.model.ImageDag;
import dev.longshore.model.MalformedCidException;
import dev.longshore.resolver.content.DagBlocks;
import dev.longshore.runtime.edge.http.ChunkSource;
import dev.longshore.runtime.edge.http.Exchange;
import dev.longshore.runtime.edge.http.HttpFailure;
import dev.longshore.sites.Leaves;
import dev.longshore.sites.Leaves.Range;
import dev.longshore.sites.SiteJson;
import java.io.IOException;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves sites the blocks of images that exist for them. Leaves are requested by number, so that
 * access to an image grants access to its blocks only.
 */
final class BlocksHandler {
  private static final Logger LOG = LoggerFactory.getLogger(BlocksHandler.class);

  /** Limit of DAGs that a request may list as present. */
  private static final int MOST_HAD = 8;

  /** For all sites together: 128 usual blocks beside the one that each answer has. */
  private static final long READ_AHEAD = 32L << 20;

  /** Chunks in transit to the site while the next one is prepared. */
  private static final int UNDER_WAY = 2;

  private static final Map<String, String> HEADERS =
      Map.of("Content-Type", "application/vnd.ipld.car; version=1");

  private final SiteCall.Reader calls;
  private final SiteRights rights;
  private final ImageBlocks blocks;
  private final PlatformDags platforms;
  private final LeafOrders orders = new LeafOrders();
  private final BlockBudget budget = new BlockBudget(READ_AHEAD);

  BlocksHandler(
      SiteCall.Reader calls, SiteRights rights, ImageBlocks blocks, PlatformDags platforms) {
    this.calls = calls;
    this.rights = rights;
    this.blocks = blocks;
    this.platforms = platforms;
  }

  /** An image DAG that exists for the site. */
  private record Dag(Cid cid, DagBlocks source, LeafOrder order) {}

  /** The inner nodes that the site lacks. */
  void nodes(Exchange exchange) throws HttpFailure, IOException, InterruptedException {
    SiteCall call = calls.of(exchange);
    Dag dag = asked(call);
    Set<Cid> had = new HashSet<>();
    List<String> have = exchange.queries("have");
    if (have.size() > MOST_HAD) {
      throw bad("have: " + have.size() + " DAGs (expected: at most " + MOST_HAD + ")");
    }
    for (String other : have) {
      had.addAll(nodesOf(call, other));
    }
    send(
        exchange,
        call,
        dag,
        dag.order().nodes().stream()
            .filter(cid -> !had.contains(cid))
            .map(cid -> new Leaf(cid, 0, cid))
            .iterator(),
        (node, deadline) -> dag.source().get(node.cid(), deadline));
  }

  /** Empty if the site may not know it or it cannot be read now: more is sent then. */
  private List<Cid> nodesOf(SiteCall call, String other) {
    try {
      return dag(call, other).map(dag -> dag.order().nodes()).orElse(List.of());
    } catch (IOException | IpfsDataException e) {
      LOG.debug("site {} says that it has {}: {}", call.caller().site(), other, e.getMessage());
      return List.of();
    }
  }

  /** The leaves of these numbers. */
  void leaves(Exchange exchange) throws HttpFailure, IOException, InterruptedException {
    SiteCall call = calls.of(exchange);
    Dag dag = asked(call);
    List<Range> ranges = ranges(exchange.body(), dag.order().leaves().size());
    send(
        exchange,
        call,
        dag,
        new LeafPrefetch(dag.order().leaves(), ranges, dag.source()),
        (leaf, deadline) -> dag.source().child(leaf.parent(), leaf.cid(), deadline));
  }

  private static List<Range> ranges(byte[] body, int leaves) throws HttpFailure {
    List<Range> ranges;
    try {
      ranges = SiteJson.read(body, Leaves.class).ranges();
    } catch (MalformedEventException e) {
      throw bad(String.valueOf(e.getMessage()));
    }
    if (ranges.isEmpty() || ranges.size() > Leaves.RANGES) {
      throw bad("ranges: " + ranges.size() + " (expected: 1 to " + Leaves.RANGES + ")");
    }
    long least = 0;
    for (Range range : ranges) {
      if (range.first() < least || range.last() < range.first() || range.last() >= leaves) {
        throw bad(
            "ranges: %d to %d (expected: ascending, none touching another, within 0 to %d)"
                .formatted(range.first(), range.last(), leaves - 1));
      }
      least = range.last() + 2;
    }
    return ranges;
  }

  /** The DAG of a path {@code dags/DAG/...}. */
  private Dag asked(SiteCall call) throws HttpFailure {
    String text = call.path().get(1);
    try {
      return dag(call, text)
          .orElseThrow(
              () ->
                  new HttpFailure(
                      404,
                      "NOT_FOUND",
                      "no rule of this site's group names an image of DAG " + text));
    } catch (IOException | IpfsDataException e) {
      throw unavailable(e);
    }
  }

  private Optional<Dag> dag(SiteCall call, String text) throws IOException {
    ImageDag dag;
    try {
      dag = new ImageDag(Cid.parse(text));
    } catch (MalformedCidException e) {
      return Optional.empty();
    }
    Optional<ImageState> image = rights.image(call.group(), dag);
    if (image.isPresent()) {
      return Optional.of(dag(dag, blocks.of(image.get())));
    }
    Optional<PlatformDags.Part> part = platforms.find(call.group(), dag);
    Optional<ImageState> whole = part.flatMap(its -> rights.image(call.group(), its.whole()));
    return whole.isEmpty()
        ? Optional.empty()
        : Optional.of(dag(dag, platforms.blocks(part.orElseThrow(), whole.get())));
  }

  private Dag dag(ImageDag dag, DagBlocks source) throws IOException {
    return new Dag(dag.cid(), source, orders.of(dag.cid(), source));
  }

  private void send(
      Exchange exchange, SiteCall call, Dag dag, Iterator<Leaf> blocks, CarChunks.Reading reading)
      throws HttpFailure, IOException, InterruptedException {
    try (CarChunks car = new CarChunks(dag.cid(), blocks, reading, budget)) {
      ChunkSource.@Nullable Chunk first;
      try {
        first = car.next();
      } catch (IOException e) {
        throw unavailable(e);
      }
      exchange.chunks(
          200,
          HEADERS,
          -1,
          calls.whileAdmitted(exchange, call, FirstThen.of(first, car)),
          UNDER_WAY);
    }
  }

  /** A chunk that was already read, followed by the others. */
  private static final class FirstThen implements ChunkSource {
    private ChunkSource.@Nullable Chunk first;
    private final ChunkSource rest;

    private FirstThen(ChunkSource.@Nullable Chunk first, ChunkSource rest) {
      this.first = first;
      this.rest = rest;
    }

    static ChunkSource of(ChunkSource.@Nullable Chunk first, ChunkSource rest) {
      return new FirstThen(first, rest);
    }

    @Override
    public @Nullable Chunk next() throws IOException {
      Chunk read = first;
      first = null;
      return read == null ? rest.next() : read;
    }
  }

  private static HttpFailure unavailable(Exception e) {
    return new HttpFailure(
        503,
        "UNAVAILABLE",
        "blocks cannot be read now: " + e.getMessage(),
        Map.of("Retry-After", "10"),
        e);
  }

  private static HttpFailure bad(String message) {
    return new HttpFailure(400, "BAD_REQUEST", message);
  }
}
