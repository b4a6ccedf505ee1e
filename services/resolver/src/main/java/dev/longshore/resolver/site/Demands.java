package dev.longshore.resolver.site;

import dev.longshore.ipfs.Block;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.node.Fault;
import dev.longshore.ipfs.node.KuboException;
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
import dev.longshore.resolver.site.AskedDags.Meant;
import dev.longshore.resolver.site.DemandPlaces.Asker;
import dev.longshore.resolver.store.LocalFileException;
import dev.longshore.sites.Group;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has images brought over the line when somebody asks for them: each once, however many ask, ahead
 * of what is fetched for nobody, whatever the windows say.
 */
final class Demands implements OnDemand, MissingBlocks, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Demands.class);

  /** A client has other hosts to ask: it is told soon that this one has it not. */
  private static final Duration BEGINS = Duration.ofSeconds(10);

  /** A neighbor waits for an image that nobody waits for there. */
  private static final Duration NEIGHBOR_WAITS = Duration.ofSeconds(25);

  /** What the keeper took of it is given to the node within that, or comes twice. */
  private static final Duration TAKES_OVER = Duration.ofSeconds(2);

  /** The same where a neighbor asks. */
  private static final Duration NEIGHBOR_TAKES_OVER = Duration.ofSeconds(15);

  /** One that runs waits for so long until blocks are taken away, and then brings more before. */
  private static final Duration GIVES_WAY = Duration.ofMinutes(1);

  /** Well below the time for which a resolver's clients wait for a byte. */
  static final Duration STALL = Duration.ofSeconds(8);

  private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

  private final AskedDags asked;
  private final KeptDags dags;
  private final DagFetch fetch;
  private final DagFetch.Hubs hubs;
  private final MendedBlocks own;
  private final ServedNames names;
  private final Disk disk;
  private final Backoff backoff;
  private final Duration stall;
  private final SiteTelemetry telemetry;
  private final MissedNames missed;
  private final Runnable changed;
  private final Runnable keeper;
  private final LineShare share;
  private final CollectionWait collection;
  private final DemandPlaces places = new DemandPlaces();
  private final Map<ImageDag, Demand> running = new LinkedHashMap<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition free = lock.newCondition();
  private boolean excluded;

  /** Bytes for which room was asked for, and the keeper has not answered yet; -1 if none. */
  private long roomAsked = -1;

  /** Of those that run, how many wait for room: nothing of them is lost by a collection. */
  private int waiting;

  /** How many have stopped in their middle until blocks were taken away. */
  private int gaveWay;

  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("demand-", 0).factory());

  /**
   * @param own blocks that the node has
   * @param stall longest time without a byte, after which it is asked for anew
   * @param nanos a clock that only goes on
   * @param keeper told to look again at what it has to do
   * @param changed told when what the node holds has changed
   */
  Demands(
      AskedDags asked,
      KeptDags dags,
      DagFetch fetch,
      DagFetch.Hubs hubs,
      MendedBlocks own,
      ServedNames names,
      Disk disk,
      Backoff backoff,
      Duration stall,
      LongSupplier nanos,
      SiteTelemetry telemetry,
      MissedNames missed,
      Runnable keeper,
      Runnable changed) {
    this.asked = asked;
    this.dags = dags;
    this.fetch = fetch;
    this.hubs = hubs;
    this.own = own;
    this.names = names;
    this.disk = disk;
    this.backoff =
        new Backoff(
            shorter(backoff.first(), FIRST_PAUSE),
            shorter(backoff.most(), LONGEST_PAUSE),
            backoff.random());
    this.stall = stall;
    this.share = new LineShare(nanos);
    this.collection = new CollectionWait(nanos);
    this.telemetry = telemetry;
    this.missed = missed;
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
  public void bring(RepositoryName repository, Selector wanted, String caller)
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
      demand(meant.get().dag(), new Asker.Client(caller), TAKES_OVER).awaitShown(BEGINS);
    } catch (UnavailableException e) {
      if (!meant.get().standIn()) {
        telemetry.missed(meant.get().kept());
        throw e;
      }
      LOG.warn("{}{} shows its earlier image: {}", repository, wanted, e.getMessage());
    }
  }

  @Override
  public void bringReferrers(RepositoryName repository, Digest subject, String caller)
      throws UnavailableException, InterruptedException {
    List<Meant> absent;
    try {
      absent = asked.referrersOf(repository, subject);
    } catch (LocalFileException e) {
      throw new UnavailableException(
          Reason.NOT_HERE,
          "what refers to %s@%s is not known: %s".formatted(repository, subject, e.getMessage()));
    }
    // One after the other: they are small, and images need places among those that come at once.
    for (Meant meant : absent) {
      demand(meant.dag(), new Asker.Client(caller), TAKES_OVER).awaitShown(BEGINS);
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

  /** Has it brought, for a neighbor; returns once its parts can be found. */
  void bring(ImageDag dag, String neighbor) throws UnavailableException, InterruptedException {
    demand(dag, new Asker.Neighbor(neighbor), NEIGHBOR_TAKES_OVER).awaitShown(NEIGHBOR_WAITS);
  }

  private Demand demand(ImageDag dag, Asker asker, Duration takesOver)
      throws UnavailableException, InterruptedException {
    Demand known = known(dag);
    if (known != null) {
      return known;
    }
    requireRoom(dag);
    lock.lock();
    try {
      long left = BEGINS.toNanos();
      known = running.get(dag);
      while (known == null && !begins(asker)) {
        if (left <= 0) {
          throw excluded || isCollectionFirst()
              ? collecting(dag)
              : notHere(dag, "as many others as may are being fetched; ask again");
        }
        left = free.awaitNanos(left);
        known = running.get(dag);
      }
      if (known != null) {
        return known;
      }
      if (running.isEmpty()) {
        share.begin();
      }
      Demand demand = new Demand(dag, fetch, stall, share::asked);
      running.put(dag, demand);
      threads.execute(() -> run(demand, asker, takesOver));
      return demand;
    } finally {
      lock.unlock();
    }
  }

  /** Takes a place, if one may begin now. */
  private boolean begins(Asker asker) {
    return !excluded && !isCollectionFirst() && places.take(asker);
  }

  private @Nullable Demand known(ImageDag dag) {
    lock.lock();
    try {
      return running.get(dag);
    } finally {
      lock.unlock();
    }
  }

  /** Whether it comes because somebody asked for it. */
  boolean brings(ImageDag dag) {
    return known(dag) != null;
  }

  /** Those that come because somebody asked for them. */
  Set<ImageDag> dags() {
    lock.lock();
    try {
      return Set.copyOf(running.keySet());
    } finally {
      lock.unlock();
    }
  }

  /** Bytes came over the line that others wait for. */
  void cameAhead(int bytes) {
    share.ahead(bytes);
  }

  /** Bytes that may be fetched ahead in one request now; 0 if what is asked for goes first. */
  long aheadNow() {
    share.percent(percent());
    lock.lock();
    try {
      return roomAsked >= 0 ? 0 : running.isEmpty() ? Long.MAX_VALUE : share.take();
    } finally {
      lock.unlock();
    }
  }

  /** Of the line, how much is for what is asked for now. */
  private int percent() {
    Group group = dags.group();
    Integer percent = group == null ? null : group.askedPercent();
    return percent == null ? Group.ASKED_PERCENT : Math.clamp(percent, 1, 100);
  }

  private static UnavailableException notHere(ImageDag dag, String why) {
    return new UnavailableException(Reason.NOT_HERE, dag + " is not here: " + why);
  }

  /** The keeper alone lets go of what nothing wants; it is given a moment for it. */
  private void requireRoom(ImageDag dag) throws UnavailableException, InterruptedException {
    if (!isLow()) {
      return;
    }
    askForRoom(0, 0);
    if (isLow()) {
      throw full(dag);
    }
  }

  /**
   * Has the keeper let go of what nothing wants.
   *
   * @param ofRunning 1 for one that runs already and waits here, else 0
   */
  private void askForRoom(long bytes, int ofRunning) throws InterruptedException {
    lock.lock();
    try {
      roomAsked = Math.max(roomAsked, bytes);
      waiting += ofRunning;
      keeper.run();
      long left = BEGINS.toNanos();
      while ((roomAsked >= 0 || excluded) && left > 0) {
        left = free.awaitNanos(left);
      }
    } finally {
      waiting -= ofRunning;
      lock.unlock();
    }
  }

  /** Knows what it lacks, and that there is room for that. */
  private void begin(Demand demand) throws IOException, InterruptedException {
    ImageDag dag = demand.dag();
    demand.begin(dags.related(dag));
    if (admit(demand)) {
      return;
    }
    askForRoom(demand.missing() + missingBytes(), 1);
    requireNoCollection(dag);
    demand.begin(dags.related(dag));
    if (!admit(demand)) {
      NoRoomException why = new NoRoomException(demand.missing(), disk.space(), missingBytes());
      throw notHere(dag, String.valueOf(why.getMessage()));
    }
  }

  /** Has it take the room that it needs, if that is there; one after the other. */
  private synchronized boolean admit(Demand demand) {
    if (room() - missingBytes() < demand.missing()) {
      return false;
    }
    demand.admit();
    return true;
  }

  private void requireNoCollection(ImageDag dag) throws UnavailableException {
    lock.lock();
    try {
      if (excluded) {
        throw collecting(dag);
      }
    } finally {
      lock.unlock();
    }
  }

  private static UnavailableException collecting(ImageDag dag) {
    return notHere(dag, "blocks that nothing wants are being collected; ask again");
  }

  /** Bytes for which there is room, and that come because somebody asked for them. */
  long missingBytes() {
    List<Demand> all;
    lock.lock();
    try {
      all = List.copyOf(running.values());
    } finally {
      lock.unlock();
    }
    return all.stream().filter(Demand::isAdmitted).mapToLong(Demand::missing).sum();
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
    return notHere(dag, "the disk of this site is full, and nothing on it can be let go of");
  }

  /** Makes room, if somebody waits for it. */
  void makeRoom(MakeRoom work) throws IOException, InterruptedException {
    long bytes;
    lock.lock();
    try {
      bytes = roomAsked;
      if (bytes < 0) {
        return;
      }
    } finally {
      lock.unlock();
    }
    try {
      work.run(bytes);
    } finally {
      lock.lock();
      try {
        roomAsked = -1;
        free.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  /** Lets go of what nothing wants, until so many bytes may come. */
  @FunctionalInterface
  interface MakeRoom {
    void run(long bytes) throws IOException, InterruptedException;
  }

  /** Whether blocks wait to be taken away, in {@link #whileNoneRuns}. */
  void collectionWaits(boolean now) {
    collection.is(now);
  }

  /** Whether they have waited for so long that nothing else may begin. */
  boolean isCollectionFirst() {
    return collection.isOver();
  }

  /** Does it if no image is on its way, and lets none begin meanwhile; whether it did. */
  boolean whileNoneRuns(Collect work) throws KuboException {
    return during(work, false);
  }

  /** The same, also while some have stopped in their middle, which look then what they have. */
  boolean whileNoneComes(Collect work) throws KuboException {
    return during(work, true);
  }

  private boolean during(Collect work, boolean inTheMiddle) throws KuboException {
    lock.lock();
    try {
      if (running.size() > waiting + (inTheMiddle ? gaveWay : 0)) {
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
      // One that fails holds nobody up before it has waited again.
      collection.is(false);
      lock.lock();
      try {
        excluded = false;
        free.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  /**
   * Stops one that runs while blocks have to be taken away, as it may take hours over a thin line.
   *
   * @return whether it did: some of what it has may be gone
   */
  private boolean giveWay() throws InterruptedException {
    if (!isCollectionFirst()) {
      return false;
    }
    lock.lock();
    try {
      gaveWay++;
      keeper.run();
      long left = GIVES_WAY.toNanos();
      while (isCollectionFirst() && left > 0) {
        left = free.awaitNanos(left);
      }
      while (excluded) {
        free.await();
      }
      return true;
    } finally {
      gaveWay--;
      lock.unlock();
    }
  }

  /** Takes blocks away that nothing holds. */
  @FunctionalInterface
  interface Collect {
    void run() throws KuboException;
  }

  /** Whether somebody waits: for the line, or for room so that it may begin. */
  boolean areWaiting() {
    lock.lock();
    try {
      return !running.isEmpty() || roomAsked >= 0;
    } finally {
      lock.unlock();
    }
  }

  /** Whether somebody waits for room. */
  boolean waitForRoom() {
    lock.lock();
    try {
      return roomAsked >= 0;
    } finally {
      lock.unlock();
    }
  }

  private void run(Demand demand, Asker asker, Duration takesOver) {
    ImageDag dag = demand.dag();
    UnavailableException failure;
    try {
      keeper.run();
      bring(demand, takesOver);
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
    end(demand, asker, failure);
  }

  private void bring(Demand demand, Duration takesOver) throws IOException, InterruptedException {
    ImageDag dag = demand.dag();
    // Before the keeper ends: who gives it stays chosen, and whoever relies on this node may.
    hubs.beginAwaited(dag);
    try (SiteTelemetry.Fetching fetching = telemetry.fetching(dag)) {
      fetch.takeOver(dag, takesOver);
      try {
        begin(demand);
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

  private void end(Demand demand, Asker asker, @Nullable UnavailableException failure) {
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
        places.giveBack(asker);
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
    boolean gaveWay = false;
    while (!whole) {
      gaveWay |= giveWay();
      if (!dags.isKnown(demand.dag())) {
        throw notHere(demand.dag(), "it was forgotten");
      }
      if (isLow()) {
        throw full(demand.dag());
      }
      try {
        if (gaveWay) {
          demand.begin(dags.related(demand.dag()));
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

  @Override
  public Block block(Cid cid, Deadline deadline) throws IOException {
    Optional<Block> come = coming(cid, deadline);
    // It may have come a moment ago.
    return come.isPresent() ? come.get() : own.block(cid, deadline);
  }

  /** The same for a neighbor: of what is here, nothing is fetched for it. */
  Block given(Cid cid, Deadline deadline) throws IOException {
    Optional<Block> come = coming(cid, deadline);
    return come.isPresent() ? come.get() : own.given(cid);
  }

  private Optional<Block> coming(Cid cid, Deadline deadline) throws IOException {
    Optional<Demand> its = coming(cid);
    return its.isPresent() ? its.get().leaf(cid, deadline) : Optional.empty();
  }

  private Optional<Demand> coming(Cid cid) {
    lock.lock();
    try {
      return running.values().stream().filter(demand -> demand.has(cid)).findFirst();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
    threads.close();
  }
}
