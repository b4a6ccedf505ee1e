package dev.longshore.resolver.site;

import dev.longshore.ipfs.node.KuboException;
import dev.longshore.model.Cid;
import dev.longshore.model.ImageDag;
import dev.longshore.resolver.content.UnavailableException;
import dev.longshore.resolver.content.UnavailableException.Reason;
import dev.longshore.resolver.site.DemandPlaces.Asker;
import dev.longshore.sites.Group;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The requested images being fetched, and how they and the keeper share room, the line, and pauses
 * between fetches.
 */
final class RequestedDags {
  /** A client has other hosts to ask: it learns soon that this one does not have the image. */
  private static final Duration BEGINS = Duration.ofSeconds(10);

  /** One that runs waits for so long until blocks are taken away, and then brings more before. */
  private static final Duration GIVES_WAY = Duration.ofMinutes(1);

  private final LineShare share;
  private final CollectionWait collection;
  private final Supplier<@Nullable Group> group;
  private final Runnable keeper;
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

  /**
   * @param group the site's
   * @param nanos a clock that only goes on
   * @param keeper told to look again at what it has to do
   */
  RequestedDags(Supplier<@Nullable Group> group, LongSupplier nanos, Runnable keeper) {
    this.group = group;
    this.share = new LineShare(nanos);
    this.collection = new CollectionWait(nanos);
    this.keeper = keeper;
  }

  /**
   * The running one, or a new one, once it has a place.
   *
   * @param made makes it; told of bytes of leaves as they come
   * @param begun starts its fetch
   */
  Demand join(
      ImageDag dag, Asker asker, Function<LongConsumer, Demand> made, Consumer<Demand> begun)
      throws UnavailableException, InterruptedException {
    lock.lock();
    try {
      long left = BEGINS.toNanos();
      Demand known = running.get(dag);
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
      Demand demand = made.apply(share::asked);
      running.put(dag, demand);
      begun.accept(demand);
      return demand;
    } finally {
      lock.unlock();
    }
  }

  /** Its fetch has ended. */
  void ended(ImageDag dag, Asker asker) {
    lock.lock();
    try {
      running.remove(dag);
      places.giveBack(asker);
      free.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Takes a place, if one may begin now. */
  private boolean begins(Asker asker) {
    return !excluded && !isCollectionFirst() && places.take(asker);
  }

  @Nullable Demand known(ImageDag dag) {
    lock.lock();
    try {
      return running.get(dag);
    } finally {
      lock.unlock();
    }
  }

  /** Whether it is being fetched on request. */
  boolean fetches(ImageDag dag) {
    return known(dag) != null;
  }

  /** Those being fetched on request. */
  Set<ImageDag> dags() {
    lock.lock();
    try {
      return Set.copyOf(running.keySet());
    } finally {
      lock.unlock();
    }
  }

  Optional<Demand> with(Cid cid) {
    lock.lock();
    try {
      return running.values().stream().filter(demand -> demand.has(cid)).findFirst();
    } finally {
      lock.unlock();
    }
  }

  /** Bytes came over the line for others, ahead of requests. */
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
    Group its = group.get();
    Integer percent = its == null ? null : its.askedPercent();
    return percent == null ? Group.ASKED_PERCENT : Math.clamp(percent, 1, 100);
  }

  static UnavailableException notHere(ImageDag dag, String why) {
    return new UnavailableException(Reason.NOT_HERE, dag + " is not here: " + why);
  }

  /**
   * Has the keeper let go of what nothing wants.
   *
   * @param ofRunning 1 for one that runs already and waits here, else 0
   */
  void askForRoom(long bytes, int ofRunning) throws InterruptedException {
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

  void requireNoCollection(ImageDag dag) throws UnavailableException {
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

  /** Bytes still to be fetched on request, for which there is room. */
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

  /** Releases unwanted images until there is room for this many bytes. */
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
  boolean giveWay() throws InterruptedException {
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
}
