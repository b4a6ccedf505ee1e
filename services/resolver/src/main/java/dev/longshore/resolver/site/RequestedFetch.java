package dev.longshore.resolver.site;

import dev.longshore.ipfs.node.Fault;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.model.ImageDag;
import dev.longshore.resolver.content.UnavailableException;
import dev.longshore.resolver.site.DemandPlaces.Asker;
import dev.longshore.resolver.store.LocalFileException;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Fetches a requested image until it is complete or hopeless. */
final class RequestedFetch {
  private static final Logger LOG = LoggerFactory.getLogger(RequestedFetch.class);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

  private final RequestedDags requested;
  private final RequestTargets targets;
  private final KeptDags dags;
  private final DagFetch fetch;
  private final DagFetch.Hubs hubs;
  private final ServedNames names;
  private final Disk disk;
  private final Backoff backoff;
  private final SiteTelemetry telemetry;
  private final Runnable keeper;
  private final Runnable changed;

  /**
   * @param keeper makes the keeper look for work
   * @param changed runs when what the node holds has changed
   */
  RequestedFetch(
      RequestedDags requested,
      RequestTargets targets,
      KeptDags dags,
      DagFetch fetch,
      DagFetch.Hubs hubs,
      ServedNames names,
      Disk disk,
      Backoff backoff,
      SiteTelemetry telemetry,
      Runnable keeper,
      Runnable changed) {
    this.requested = requested;
    this.targets = targets;
    this.dags = dags;
    this.fetch = fetch;
    this.hubs = hubs;
    this.names = names;
    this.disk = disk;
    this.backoff =
        new Backoff(
            shorter(backoff.first(), FIRST_PAUSE),
            shorter(backoff.most(), LONGEST_PAUSE),
            backoff.random());
    this.telemetry = telemetry;
    this.keeper = keeper;
    this.changed = changed;
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  /** Only the keeper releases unwanted images; gives it a moment to do so. */
  void requireRoom(ImageDag dag) throws UnavailableException, InterruptedException {
    if (!isLow()) {
      return;
    }
    requested.askForRoom(0, 0);
    if (isLow()) {
      throw full(dag);
    }
  }

  void run(Demand demand, Asker asker, Duration takesOver) {
    ImageDag dag = demand.dag();
    UnavailableException failure;
    try {
      keeper.run();
      fetch(demand, takesOver);
      LOG.info("{} is here, as somebody requested it", dag);
      failure = null;
    } catch (UnavailableException e) {
      failure = e;
    } catch (IOException | LocalFileException e) {
      failure = RequestedDags.notHere(dag, String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      failure = RequestedDags.notHere(dag, "the site stops");
    } catch (RuntimeException | Error e) {
      LOG.error("fetching {} failed", dag, e);
      failure = RequestedDags.notHere(dag, String.valueOf(e));
    }
    end(demand, asker, failure);
  }

  private void fetch(Demand demand, Duration takesOver) throws IOException, InterruptedException {
    ImageDag dag = demand.dag();
    // Before the keeper ends: who gives it stays chosen, and whoever relies on this node may.
    hubs.beginAwaited(dag);
    try (SiteTelemetry.Fetching fetching = telemetry.fetching(dag)) {
      fetch.takeOver(dag, takesOver);
      try {
        begin(demand);
        targets.begun(dag);
        demand.shown();
        fetchLeaves(demand);
        fetch.end(dag);
        names.show(dags.arrived(dag));
        fetching.came();
      } catch (IOException | LocalFileException e) {
        fetching.failed(e);
        throw e;
      }
    } finally {
      hubs.done(dag);
    }
  }

  private void fetchLeaves(Demand demand) throws IOException, InterruptedException {
    Retries retries = new Retries(hubs, backoff);
    boolean whole = false;
    boolean gaveWay = false;
    while (!whole) {
      gaveWay |= requested.giveWay();
      if (!dags.isKnown(demand.dag())) {
        throw RequestedDags.notHere(demand.dag(), "it was forgotten");
      }
      if (isLow()) {
        throw full(demand.dag());
      }
      try {
        if (gaveWay) {
          order(demand);
          gaveWay = false;
        }
        whole = demand.batch();
        retries.succeeded();
      } catch (KuboException e) {
        throw e.fault() == Fault.FULL ? full(demand.dag()) : e;
      } catch (IOException e) {
        retries.after(e, demand);
      }
    }
  }

  /** Knows what it lacks, and that there is room for that. */
  private void begin(Demand demand) throws IOException, InterruptedException {
    ImageDag dag = demand.dag();
    order(demand);
    if (admit(demand)) {
      return;
    }
    requested.askForRoom(demand.missing() + requested.missingBytes(), 1);
    requested.requireNoCollection(dag);
    order(demand);
    if (!admit(demand)) {
      NoRoomException why =
          new NoRoomException(demand.missing(), disk.space(), requested.missingBytes());
      throw RequestedDags.notHere(dag, String.valueOf(why.getMessage()));
    }
  }

  private void order(Demand demand) throws IOException, InterruptedException {
    ImageDag dag = demand.dag();
    demand.begin(dags.related(dag), targets.isLazy(dag));
  }

  /** Has it take the room that it needs, if that is there; one after the other. */
  private synchronized boolean admit(Demand demand) {
    if (room() - requested.missingBytes() < demand.missing()) {
      return false;
    }
    demand.admit();
    return true;
  }

  private long room() {
    try {
      return disk.space().room();
    } catch (IOException e) {
      LOG.warn("the disk's space is not known: {}", e.getMessage());
      return Long.MAX_VALUE;
    }
  }

  private boolean isLow() {
    return room() < 0;
  }

  private UnavailableException full(ImageDag dag) {
    return RequestedDags.notHere(
        dag, "the disk of this site is full, and nothing on it can be let go of");
  }

  private void end(Demand demand, Asker asker, @Nullable UnavailableException failure) {
    try {
      if (failure != null) {
        LOG.warn("{}", failure.getMessage());
        targets.failed(demand.dag());
      }
    } catch (RuntimeException e) {
      LOG.warn("{} is not hidden: {}", demand.dag(), e.getMessage());
    } finally {
      requested.ended(demand.dag(), asker);
      if (failure == null) {
        demand.here();
      } else {
        demand.failed(failure);
      }
      keeper.run();
      changed.run();
    }
  }
}
