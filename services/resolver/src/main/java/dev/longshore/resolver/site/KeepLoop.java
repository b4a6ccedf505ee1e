package dev.longshore.resolver.site;

import dev.longshore.events.AbsenceReason;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.node.Fault;
import dev.longshore.ipfs.node.IpfsNode;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.ipfs.node.PinNames;
import dev.longshore.ipfs.node.RecursivePin;
import dev.longshore.model.ImageDag;
import dev.longshore.resolver.site.KeptDags.Lower;
import dev.longshore.resolver.site.KeptDags.Next;
import dev.longshore.resolver.site.hub.HubException;
import dev.longshore.sites.Group;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reconciles the node's content with the rules: fetches one DAG after another and releases unwanted
 * ones. It alone writes to the node, so nothing is fetched twice at once and no collection comes in
 * between.
 */
final class KeepLoop {
  private static final Logger LOG = LoggerFactory.getLogger(KeepLoop.class);
  private static final Duration CALL = Duration.ofSeconds(30);

  /** Between looks at windows, at the disk and at how old names may be. */
  private static final Duration LOOK = Duration.ofSeconds(30);

  /** Between looks at whether what is asked for leaves some of the line. */
  private static final Duration SHARE = Duration.ofSeconds(1);

  private static final Duration COMPARE = Duration.ofHours(1);
  private final KeptDags dags;
  private final DagFetch fetch;
  private final RequestedDags requested;
  private final Evictions evictions;
  private final AnyNodePlacement one;
  private final BadBlocks bad;
  private final ServedNames names;
  private final IpfsNode node;
  private final Disk disk;
  private final SiteClock clock;
  private final Backoff backoff;
  private final String pinPrefix;
  private final SiteTelemetry telemetry;

  /** Told when there is something new to do. */
  private final Signal work = new Signal();

  /** Runs when what the node holds has changed. */
  private final Runnable changed;

  private volatile Obstacle obstacle = Obstacle.NONE;
  private volatile @Nullable Instant turnedAt;
  private @Nullable Instant comparedAt;
  private long failures;

  /** Why nothing at all is fetched now. */
  record Obstacle(@Nullable AbsenceReason reason, @Nullable String what) {
    static final Obstacle NONE = new Obstacle(null, null);
  }

  /**
   * @param pinPrefix how the names of its pins begin
   */
  KeepLoop(
      KeptDags dags,
      DagFetch fetch,
      RequestedDags requested,
      Evictions evictions,
      AnyNodePlacement one,
      BadBlocks bad,
      ServedNames names,
      IpfsNode node,
      Disk disk,
      SiteClock clock,
      Backoff backoff,
      String pinPrefix,
      SiteTelemetry telemetry,
      Runnable changed) {
    this.dags = dags;
    this.fetch = fetch;
    this.requested = requested;
    this.evictions = evictions;
    this.one = one;
    this.bad = bad;
    this.names = names;
    this.node = node;
    this.disk = disk;
    this.clock = clock;
    this.backoff = backoff;
    this.pinPrefix = pinPrefix;
    this.telemetry = telemetry;
    this.changed = changed;
  }

  /** Works until it is interrupted. */
  void run() throws InterruptedException {
    while (true) {
      Duration pause = step();
      if (!pause.isZero()) {
        var _ = work.await(pause);
      }
    }
  }

  /** Wakes the loop: there may be work. */
  void look() {
    work.give();
  }

  /** Why nothing is fetched now. */
  Obstacle obstacle() {
    return obstacle;
  }

  /** When its last turn began; empty before the first. */
  Optional<Instant> turnedAt() {
    return Optional.ofNullable(turnedAt);
  }

  /** Does one thing; returns the pause before the next. */
  private Duration step() throws InterruptedException {
    turnedAt = clock.instant();
    try {
      names.age();
      compare();
      if (one.decide()) {
        changed.run();
      }
      bad.pinAgain();
      requested.collectionWaits(bad.areLocated() || evictions.collects());
      requested.makeRoom(evictions::makeRoom);
      if (bad.areLocated() && requested.whileNoneComes(bad::takeOut)) {
        changed.run();
      }
      bad.pinAgain();
      if (evictions.letGo()) {
        return Duration.ZERO;
      }
      if (requested.aheadNow() == 0) {
        // What somebody waits for has the line.
        return SHARE;
      }
      Disk.Space space = disk.space();
      // What is asked for has its room already, though it did not come yet.
      long room = Math.max(0, space.room() - requested.missingBytes());
      Set<ImageDag> running = requested.dags();
      Optional<Next> next = dags.next(room, running);
      if (next.isEmpty()) {
        blocked(Obstacle.NONE);
        if (!running.isEmpty()) {
          return SHARE;
        }
        names.settled();
        return untilNext(room);
      }
      Obstacle found = obstacleNow(next.get().hurry(), space);
      if (found.reason() == AbsenceReason.FULL
          && !evictions.isToCollect()
          && (evictions.evictOldest() || giveWay(next.get(), next.get().bytes()))) {
        return Duration.ZERO;
      }
      blocked(found);
      if (found.reason() != null) {
        return LOOK;
      }
      return fetch(next.get());
    } catch (KuboException e) {
      return paused(e);
    } catch (IOException e) {
      return paused(e);
    }
  }

  private Duration untilNext(long room) {
    Duration wait =
        dags.nextTry(room).map(at -> Duration.between(clock.instant(), at)).orElse(LOOK);
    return wait.isPositive() ? (wait.compareTo(LOOK) < 0 ? wait : LOOK) : Duration.ofMillis(1);
  }

  private void blocked(Obstacle now) {
    if (!now.equals(obstacle)) {
      obstacle = now;
      changed.run();
    }
  }

  private Obstacle obstacleNow(boolean hurry, Disk.Space space) {
    Group group = dags.group();
    if (group != null && group.paused()) {
      return new Obstacle(AbsenceReason.HELD, null);
    }
    if (group != null && !hurry && !Windows.of(group).open(clock.instant())) {
      return new Obstacle(AbsenceReason.WINDOW, null);
    }
    return space.isLow()
        ? new Obstacle(
            AbsenceReason.FULL,
            "%d of %d bytes of the disk are free".formatted(space.free(), space.total()))
        : Obstacle.NONE;
  }

  private Duration fetch(Next next) throws InterruptedException {
    try (SiteTelemetry.Fetching fetching = telemetry.fetching(next.dag())) {
      return fetch(next, fetching);
    }
  }

  private Duration fetch(Next next, SiteTelemetry.Fetching fetching) throws InterruptedException {
    ImageDag dag = next.dag();
    Turn turn = new Turn(dag);
    try {
      if (!fetch.fetch(dag, dags.related(dag), turn)) {
        return Duration.ZERO;
      }
      failures = 0;
      fetching.came();
      names.show(dags.arrived(dag));
      LOG.info("{} is here", dag);
      changed.run();
      return Duration.ZERO;
    } catch (NoRoomException e) {
      fetching.failed(e);
      return doesNotFit(next, e, turn.begun);
    } catch (HubException e) {
      fetching.failed(e);
      return failed(dag, AbsenceReason.FAILED, e, e.kind().isOfDag());
    } catch (KuboException e) {
      fetching.failed(e);
      AbsenceReason reason = e.fault() == Fault.FULL ? AbsenceReason.FULL : AbsenceReason.FAILED;
      return failed(dag, reason, e, false);
    } catch (IOException e) {
      fetching.failed(e);
      return failed(dag, AbsenceReason.FAILED, e, false);
    }
  }

  /** An image that is fetched ahead; what is asked for now has its room and its line first. */
  private final class Turn implements DagFetch.Turn {
    private final ImageDag dag;
    private boolean begun;

    /** Whether the request has part of a line that others use. */
    private boolean shares;

    private Turn(ImageDag dag) {
      this.dag = dag;
    }

    @Override
    public long next(long missing) throws IOException {
      if (!dags.isToCome(dag)) {
        evictions.leftInPart();
        return 0;
      }
      if (requested.fetches(dag) || requested.isCollectionFirst()) {
        return 0;
      }
      Disk.Space space = disk.space();
      long taken = requested.missingBytes();
      if (space.room() - taken < missing) {
        throw new NoRoomException(missing, space, taken);
      }
      begun = true;
      shares = requested.areWaiting();
      return requested.aheadNow();
    }

    @Override
    public boolean goesOn() {
      return shares ? !requested.waitForRoom() && !requested.fetches(dag) : !requested.areWaiting();
    }

    @Override
    public void came(int bytes) {
      if (shares) {
        requested.cameAhead(bytes);
      }
    }
  }

  /**
   * Makes room for it, or leaves it until there is.
   *
   * @param begun whether part of it came in this try: then it is larger than was said, or others
   *     fill the disk too
   */
  private Duration doesNotFit(Next next, NoRoomException e, boolean begun)
      throws InterruptedException {
    ImageDag dag = next.dag();
    try {
      evictions.makeRoom(e.needs());

      if (evictions.isToCollect()) {
        return SHARE;
      }
      if (disk.space().room() - requested.missingBytes() >= e.needs() || giveWay(next, e.needs())) {
        return Duration.ZERO;
      }
    } catch (IOException failure) {
      return paused(failure);
    }
    dags.doesNotFit(dag, e, begun ? backoff.after(dags.attempts(dag) + 1) : Duration.ZERO);
    LOG.warn("{} does not fit: {}", dag, e.getMessage());
    changed.run();
    return Duration.ZERO;
  }

  /** Releases images of lower-priority rules, if that makes enough room for it. */
  private boolean giveWay(Next next, long needs) throws IOException {
    long missing = needs - disk.space().room() + requested.missingBytes();
    List<Lower> going = new ArrayList<>();
    for (Lower lower : dags.below(next.priority())) {
      if (missing > 0) {
        going.add(lower);
        missing -= lower.bytes();
      }
    }
    if (missing > 0 || going.isEmpty()) {
      return false;
    }
    for (Lower lower : going) {
      evictions.evict(lower.dag(), true);
      dags.gaveWay(lower, next);
      LOG.warn("{} gave way to {}, which needs its room", lower.dag(), next.dag());
    }
    changed.run();
    return true;
  }

  private Duration failed(ImageDag dag, AbsenceReason reason, IOException e, boolean ofDag)
      throws InterruptedException {
    requireGoingOn(e);
    Duration pause = backoff.after(ofDag ? dags.attempts(dag) + 1 : ++failures);
    dags.failed(dag, reason, String.valueOf(e.getMessage()), pause);
    LOG.warn("{} did not come, and is tried again in {}: {}", dag, pause, e.getMessage());
    changed.run();
    if (reason == AbsenceReason.FULL && tryToEvict()) {
      return Duration.ZERO;
    }
    return ofDag ? Duration.ZERO : pause;
  }

  private Duration paused(IOException e) throws InterruptedException {
    requireGoingOn(e);
    Duration pause = backoff.after(++failures);
    blocked(new Obstacle(AbsenceReason.FAILED, String.valueOf(e.getMessage())));
    LOG.warn("the site's node is looked at again in {}: {}", pause, e.getMessage());
    return pause;
  }

  private static void requireGoingOn(IOException e) throws InterruptedException {
    if (Thread.interrupted() || (e instanceof KuboException k && k.fault() == Fault.CANCELLED)) {
      throw new InterruptedException("the site stops");
    }
  }

  private boolean tryToEvict() throws InterruptedException {
    try {
      return evictions.evictOldest();
    } catch (KuboException e) {
      requireGoingOn(e);
      LOG.warn("nothing could be let go of: {}", e.getMessage());
      return false;
    }
  }

  /** Compares the node's pins with the store: at the start, and periodically. */
  private void compare() throws KuboException {
    Instant now = clock.instant();
    Instant last = comparedAt;
    if (last != null && !now.isBefore(last) && now.isBefore(last.plus(COMPARE))) {
      return;
    }
    // What comes while the node lists its pins may not be among them.
    Set<ImageDag> here = dags.here();
    List<RecursivePin> pins = new ArrayList<>();
    node.pins(pins::add, Deadline.after(CALL));
    evictions.releaseOf(pins);
    Set<ImageDag> all = new HashSet<>();
    Set<ImageDag> ours = new HashSet<>();
    for (RecursivePin pin : pins) {
      // As texts of records have them, which are those that Kubo prints.
      ImageDag dag = ImageDag.stored(pin.root().toString());
      all.add(dag);
      if (PinNames.isOf(pinPrefix, pin.name()) && pin.name().startsWith(pinPrefix)) {
        ours.add(dag);
      }
    }
    names.show(dags.compare(here, all, ours));
    comparedAt = now;
  }
}
