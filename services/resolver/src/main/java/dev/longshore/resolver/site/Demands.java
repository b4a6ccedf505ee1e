package dev.longshore.resolver.site;

import dev.longshore.ipfs.Block;
import dev.longshore.ipfs.Deadline;
import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import dev.longshore.model.ImageDag;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.Tag;
import dev.longshore.resolver.content.MissingBlocks;
import dev.longshore.resolver.content.UnavailableException;
import dev.longshore.resolver.content.UnavailableException.Reason;
import dev.longshore.resolver.image.OnDemand;
import dev.longshore.resolver.name.Selector;
import dev.longshore.resolver.site.DemandPlaces.Asker;
import dev.longshore.resolver.site.RequestTargets.Target;
import dev.longshore.resolver.store.LocalFileException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches images over the line on request: each once for all requesters, ahead of unrequested ones,
 * and regardless of time windows.
 */
final class Demands implements OnDemand, MissingBlocks, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Demands.class);

  /** A client has other hosts to ask: it learns soon that this one does not have the image. */
  private static final Duration BEGINS = Duration.ofSeconds(10);

  /** A neighbor waits for an image that nobody waits for there. */
  private static final Duration NEIGHBOR_WAITS = Duration.ofSeconds(25);

  /** What the keeper took of it is given to the node within that, or comes twice. */
  private static final Duration TAKES_OVER = Duration.ofSeconds(2);

  /** The same where a neighbor asks. */
  private static final Duration NEIGHBOR_TAKES_OVER = Duration.ofSeconds(15);

  /** Well below the time for which a resolver's clients wait for a byte. */
  static final Duration STALL = Duration.ofSeconds(8);

  private final RequestedDags requested;
  private final RequestedFetch requestedFetch;
  private final RequestTargets targets;
  private final DagFetch fetch;
  private final ReadRepair own;
  private final Duration stall;
  private final SiteTelemetry telemetry;
  private final MissedNames missed;
  private final Runnable changed;
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("demand-", 0).factory());

  /**
   * @param own blocks that the node has
   * @param stall longest time without a byte, after which it is asked for anew
   * @param changed told when there is something to report
   */
  Demands(
      RequestedDags requested,
      RequestedFetch requestedFetch,
      RequestTargets targets,
      DagFetch fetch,
      ReadRepair own,
      Duration stall,
      SiteTelemetry telemetry,
      MissedNames missed,
      Runnable changed) {
    this.requested = requested;
    this.requestedFetch = requestedFetch;
    this.targets = targets;
    this.fetch = fetch;
    this.own = own;
    this.stall = stall;
    this.telemetry = telemetry;
    this.missed = missed;
    this.changed = changed;
  }

  /** Resets requests of an earlier process. */
  void begin() {
    targets.begin();
  }

  @Override
  public void bring(RepositoryName repository, Selector wanted, String caller)
      throws UnavailableException, InterruptedException {
    Optional<Target> target;
    try {
      target = targets.of(repository, wanted);
    } catch (LocalFileException e) {
      // Images that are here are served all the same.
      LOG.warn("{}{} is not fetched: {}", repository, wanted, e.getMessage());
      return;
    }
    if (target.isEmpty()) {
      return;
    }
    try {
      demand(target.get().dag(), new Asker.Client(caller), TAKES_OVER).awaitShown(BEGINS);
    } catch (UnavailableException e) {
      if (!target.get().standIn()) {
        telemetry.missed(target.get().kept());
        throw e;
      }
      LOG.warn("{}{} shows its earlier image: {}", repository, wanted, e.getMessage());
    }
  }

  @Override
  public void bringReferrers(RepositoryName repository, Digest subject, String caller)
      throws UnavailableException, InterruptedException {
    List<Target> absent;
    try {
      absent = targets.referrersOf(repository, subject);
    } catch (LocalFileException e) {
      throw new UnavailableException(
          Reason.NOT_HERE,
          "what refers to %s@%s is not known: %s".formatted(repository, subject, e.getMessage()));
    }
    // One after the other: they are small, and images need places among those that come at once.
    for (Target target : absent) {
      demand(target.dag(), new Asker.Client(caller), TAKES_OVER).awaitShown(BEGINS);
    }
  }

  @Override
  public void missed(RepositoryName repository, Selector wanted) {
    try {
      if (wanted instanceof Selector.ByTag(Tag tag) && missed.add(repository, tag)) {
        changed.run();
      }
    } catch (LocalFileException e) {
      LOG.warn("the hub is not told that {}{} is missed: {}", repository, wanted, e.getMessage());
    }
  }

  /** Fetches it for a neighbor; returns once its parts can be found. */
  void bring(ImageDag dag, String neighbor) throws UnavailableException, InterruptedException {
    demand(dag, new Asker.Neighbor(neighbor), NEIGHBOR_TAKES_OVER).awaitShown(NEIGHBOR_WAITS);
  }

  private Demand demand(ImageDag dag, Asker asker, Duration takesOver)
      throws UnavailableException, InterruptedException {
    Demand known = requested.known(dag);
    if (known != null) {
      return known;
    }
    requestedFetch.requireRoom(dag);
    return requested.join(
        dag,
        asker,
        counted -> new Demand(dag, fetch, stall, counted),
        begun -> threads.execute(() -> requestedFetch.run(begun, asker, takesOver)));
  }

  @Override
  public Block block(Cid cid, Deadline deadline) throws IOException {
    Optional<Block> come = come(cid, deadline);
    // It may have come a moment ago.
    return come.isPresent() ? come.get() : own.block(cid, deadline);
  }

  /** The same for a neighbor: of what is here, nothing is fetched for it. */
  Block given(Cid cid, Deadline deadline) throws IOException {
    Optional<Block> come = come(cid, deadline);
    return come.isPresent() ? come.get() : own.given(cid);
  }

  private Optional<Block> come(Cid cid, Deadline deadline) throws IOException {
    Optional<Demand> its = requested.with(cid);
    return its.isPresent() ? its.get().leaf(cid, deadline) : Optional.empty();
  }

  @Override
  public void close() {
    threads.shutdownNow();
    threads.close();
  }
}
