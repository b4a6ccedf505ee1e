package dev.longshore.resolver.site;

import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.node.Fault;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.model.Cid;
import dev.longshore.model.ImageDag;
import dev.longshore.model.RepositoryName;
import dev.longshore.resolver.content.MissingBlocks;
import dev.longshore.resolver.content.UnavailableException;
import dev.longshore.resolver.content.UnavailableException.Reason;
import dev.longshore.resolver.image.OnDemand;
import dev.longshore.resolver.name.Selector;
import dev.longshore.resolver.site.AskedDags.Meant;
import dev.longshore.resolver.store.LocalFileException;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has images brought over the line when somebody asks for them: each once, however many ask, ahead
 * of what is fetched for nobody, whatever the windows say.
 */
final class Demands implements OnDemand, MissingBlocks, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Demands.class);

  /** Below the 8 requests for blocks that a hub takes of a site at once. */
  private static final int AT_ONCE = 6;

  /** A client has other hosts to ask: it is told soon that this one has it not. */
  private static final Duration BEGINS = Duration.ofSeconds(10);

  /** Well below the time for which a resolver's clients wait for a byte. */
  static final Duration STALL = Duration.ofSeconds(8);

  private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

  private final AskedDags asked;
  private final KeptDags dags;
  private final DagFetch fetch;
  private final DagFetch.Hubs hubs;
  private final ServedNames names;
  private final Disk disk;
  private final Backoff backoff;
  private final Duration stall;
  private final SiteTelemetry telemetry;
  private final Runnable changed;
  private final Runnable keeper;
  private final Map<ImageDag, Demand> running = new LinkedHashMap<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition free = lock.newCondition();
  private boolean excluded;
  private boolean roomAsked;
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("demand-", 0).factory());

  /**
   * @param stall longest time without a byte, after which it is asked for anew
   * @param keeper told to look again at what it has to do
   * @param changed told when what the node holds has changed
   */
  Demands(
      AskedDags asked,
      KeptDags dags,
      DagFetch fetch,
      DagFetch.Hubs hubs,
      ServedNames names,
      Disk disk,
      Backoff backoff,
      Duration stall,
      SiteTelemetry telemetry,
      Runnable keeper,
      Runnable changed) {
    this.asked = asked;
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
    this.stall = stall;
    this.telemetry = telemetry;
    this.keeper = keeper;
    this.changed = changed;
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  /** Whoever waited in an earlier process is gone. */
  void begin() {
    asked.begin();
  }

  @Override
  public void bring(RepositoryName repository, Selector wanted)
      throws UnavailableException, InterruptedException {
    Optional<Meant> meant;
    try {
      meant = asked.of(repository, wanted);
    } catch (LocalFileException e) {
      // What is here is served all the same.
      LOG.warn("{}{} is not brought: {}", repository, wanted, e.getMessage());
      return;
    }
    if (meant.isEmpty()) {
      return;
    }
    try {
      demand(meant.get().dag()).awaitShown(BEGINS);
    } catch (UnavailableException e) {
      if (!meant.get().standIn()) {
        throw e;
      }
      LOG.warn("{}{} shows its earlier image: {}", repository, wanted, e.getMessage());
    }
  }

  /** Has it brought, for a neighbor; returns once its parts can be found. */
  void bring(ImageDag dag) throws UnavailableException, InterruptedException {
    demand(dag).awaitShown(BEGINS);
  }

  private Demand demand(ImageDag dag) throws UnavailableException, InterruptedException {
    Demand known = known(dag);
    if (known != null) {
      return known;
    }
    requireRoom(dag);
    lock.lock();
    try {
      long left = BEGINS.toNanos();
      while (excluded) {
        if (left <= 0) {
          throw notHere(dag, "blocks that nothing wants are being collected; ask again");
        }
        left = free.awaitNanos(left);
      }
      known = running.get(dag);
      if (known != null) {
        return known;
      }
      if (running.size() >= AT_ONCE) {
        throw notHere(dag, AT_ONCE + " others are being fetched; ask again");
      }
      Demand demand = new Demand(dag, fetch, stall);
      running.put(dag, demand);
      threads.execute(() -> run(demand));
      return demand;
    } finally {
      lock.unlock();
    }
  }

  private @Nullable Demand known(ImageDag dag) {
    lock.lock();
    try {
      return running.get(dag);
    } finally {
      lock.unlock();
    }
  }

  private static UnavailableException notHere(ImageDag dag, String why) {
    return new UnavailableException(Reason.NOT_HERE, dag + " is not here: " + why);
  }

  /** The keeper alone lets go of what nothing wants; it is given a moment for it. */
  private void requireRoom(ImageDag dag) throws UnavailableException, InterruptedException {
    if (!isLow()) {
      return;
    }
    lock.lock();
    try {
      roomAsked = true;
      keeper.run();
      long left = BEGINS.toNanos();
      while (roomAsked && left > 0) {
        left = free.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
    if (isLow()) {
      throw full(dag);
    }
  }

  private boolean isLow() {
    try {
      return disk.space().isLow();
    } catch (IOException e) {
      LOG.warn("the disk's space is not known: {}", e.getMessage());
      return false;
    }
  }

  private UnavailableException full(ImageDag dag) {
    return notHere(dag, "the disk of this site is full, and nothing on it can be let go of");
  }

  /** Makes room, if somebody waits for it. */
  void makeRoom(Exclusive work) throws IOException {
    lock.lock();
    try {
      if (!roomAsked) {
        return;
      }
    } finally {
      lock.unlock();
    }
    try {
      work.run();
    } finally {
      lock.lock();
      try {
        roomAsked = false;
        free.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  /** What must not happen while blocks come that nothing holds yet. */
  @FunctionalInterface
  interface Exclusive {
    void run() throws IOException;
  }

  /** Does it if no image is on its way, and lets none begin meanwhile; whether it did. */
  boolean whileNoneRuns(Collect work) throws KuboException {
    lock.lock();
    try {
      if (!running.isEmpty()) {
        return false;
      }
      excluded = true;
    } finally {
      lock.unlock();
    }
    try {
      work.run();
      return true;
    } finally {
      lock.lock();
      try {
        excluded = false;
        free.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  /** Takes blocks away that nothing holds. */
  @FunctionalInterface
  interface Collect {
    void run() throws KuboException;
  }

  /** Whether somebody waits for the line. */
  boolean areRunning() {
    lock.lock();
    try {
      return !running.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  private void run(Demand demand) {
    ImageDag dag = demand.dag();
    UnavailableException failure;
    try {
      keeper.run();
      bring(demand);
      LOG.info("{} is here, as somebody asked for it", dag);
      failure = null;
    } catch (UnavailableException e) {
      failure = e;
    } catch (IOException | LocalFileException e) {
      failure = notHere(dag, String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      failure = notHere(dag, "the site stops");
    } catch (RuntimeException | Error e) {
      LOG.error("bringing {} failed", dag, e);
      failure = notHere(dag, String.valueOf(e));
    }
    end(demand, failure);
  }

  private void bring(Demand demand) throws IOException, InterruptedException {
    ImageDag dag = demand.dag();
    hubs.begin(dag);
    try (SiteTelemetry.Fetching fetching = telemetry.fetching(dag)) {
      try {
        demand.begin(dags.related(dag));
        asked.begun(dag);
        demand.shown();
        bringAll(demand);
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

  private void end(Demand demand, @Nullable UnavailableException failure) {
    try {
      if (failure != null) {
        LOG.warn("{}", failure.getMessage());
        asked.failed(demand.dag());
      }
    } catch (RuntimeException e) {
      LOG.warn("{} is not hidden: {}", demand.dag(), e.getMessage());
    } finally {
      lock.lock();
      try {
        running.remove(demand.dag());
        free.signalAll();
      } finally {
        lock.unlock();
      }
      if (failure == null) {
        demand.here();
      } else {
        demand.failed(failure);
      }
      keeper.run();
      changed.run();
    }
  }

  private void bringAll(Demand demand) throws IOException, InterruptedException {
    Retries retries = new Retries(hubs, backoff);
    boolean whole = false;
    while (!whole) {
      if (dags.isForgotten(demand.dag())) {
        throw notHere(demand.dag(), "it was forgotten");
      }
      if (isLow()) {
        throw full(demand.dag());
      }
      try {
        whole = demand.batch();
        retries.succeeded();
      } catch (KuboException e) {
        throw e.fault() == Fault.FULL ? full(demand.dag()) : e;
      } catch (IOException e) {
        retries.after(e, demand);
      }
    }
  }

  @Override
  public byte[] block(Cid cid, Deadline deadline) throws IOException {
    Optional<Demand> coming;
    lock.lock();
    try {
      coming = running.values().stream().filter(demand -> demand.has(cid)).findFirst();
    } finally {
      lock.unlock();
    }
    // It may have come a moment ago.
    return coming.isPresent() ? coming.get().leaf(cid, deadline) : fetch.own(cid);
  }

  @Override
  public void close() {
    threads.shutdownNow();
    threads.close();
  }
}
