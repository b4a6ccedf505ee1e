package dev.longshore.resolver.site;

import dev.longshore.ipfs.BadBlockException;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.IpfsDataException;
import dev.longshore.ipfs.node.Fault;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.ipfs.reader.LeafOrder;
import dev.longshore.model.Cid;
import dev.longshore.model.ImageDag;
import dev.longshore.resolver.site.SiteStore.Value;
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
 * Reads this site's image DAGs again and again at a set rate, one after another: disks decay, and
 * even a pinned block may be gone. Its position survives a restart.
 */
final class BlockScrub {
  private static final Logger LOG = LoggerFactory.getLogger(BlockScrub.class);

  /** Minimal interval between the begins of rounds. */
  static final Duration ROUND = Duration.ofDays(1);

  /** Interval of checking for something to read. */
  private static final Duration LOOK = Duration.ofMinutes(1);

  /** For the inner nodes of one DAG. */
  private static final Duration WALK = Duration.ofHours(1);

  /** Number of blocks between two records of its position. */
  private static final int NOTED_EVERY = 200;

  /** Blocks of a round that are remembered, so that what images share is read once: 30 MB. */
  private static final int REMEMBERED = 500_000;

  /** Tries to read a block that is there. */
  private static final int TRIES = 3;

  private static final String SEPARATOR = " ";

  private final SiteStore store;
  private final SiteClock clock;
  private final Blocks blocks;
  private final long bytesPerSecond;
  private final Bad bad;
  private final Rest rest;
  private final Set<Long> seen = new HashSet<>();

  /** The node's own blocks. */
  @FunctionalInterface
  interface Blocks {
    /**
     * A verified block.
     *
     * @throws KuboException {@link Fault#NOT_HELD} when it is missing
     */
    byte[] read(Cid cid) throws IOException;
  }

  /** Receives what is corrupt or missing. */
  @FunctionalInterface
  interface Bad {
    void found(Cid block);

    /** Told between DAGs, when there is time to look which images have what was found. */
    default void search() throws IOException {}
  }

  /** How it waits. */
  @FunctionalInterface
  interface Rest {
    void of(Duration pause) throws InterruptedException;
  }

  /**
   * @param bytesPerSecond nothing is read if 0; what pulls found is looked after all the same
   */
  BlockScrub(
      SiteStore store, SiteClock clock, Blocks blocks, long bytesPerSecond, Bad bad, Rest rest) {
    this.store = store;
    this.clock = clock;
    this.blocks = blocks;
    this.bytesPerSecond = bytesPerSecond;
    this.bad = bad;
    this.rest = rest;
  }

  /** Reads until it is interrupted. */
  void run() throws InterruptedException {
    while (true) {
      rest.of(step());
    }
  }

  /** Reads one DAG; returns the pause before the next. */
  Duration step() throws InterruptedException {
    try {
      bad.search();
    } catch (IOException e) {
      LOG.info("images of bad blocks are looked for later: {}", e.getMessage());
      return LOOK;
    }
    if (bytesPerSecond == 0) {
      return LOOK;
    }
    Instant now = clock.instant();
    Instant began = store.value(Value.SCRUB_BEGAN, Instant::parse);
    Place place = Place.of(store.value(Value.SCRUB_CURSOR).orElse(""));
    if (place.dag().isEmpty()) {
      if (began != null && !now.isBefore(began) && now.isBefore(began.plus(ROUND))) {
        return LOOK;
      }
      store.put(Value.SCRUB_BEGAN, now);
    }
    Optional<ImageDag> dag = next(place);
    if (dag.isEmpty()) {
      store.put(Value.SCRUB_CURSOR, "");
      seen.clear();
      return LOOK;
    }
    boolean same = dag.get().toString().equals(place.dag());
    try {
      read(dag.get(), same ? place.block() : 0);
    } catch (IOException e) {
      LOG.info("blocks of {} are read again later: {}", dag.get(), e.getMessage());
      return LOOK;
    }
    note(dag.get(), Place.END);
    return Duration.ZERO;
  }

  /**
   * The position of a round.
   *
   * @param dag the last one read from; empty before the first
   * @param block number of the next one
   */
  private record Place(String dag, int block) {
    /** All of it was read. */
    static final int END = Integer.MAX_VALUE;

    static Place of(String text) {
      String[] parts = text.split(SEPARATOR, -1);
      return parts.length == 2 ? new Place(parts[0], Integer.parseInt(parts[1])) : new Place("", 0);
    }
  }

  private void note(ImageDag dag, int block) {
    store.put(Value.SCRUB_CURSOR, dag + SEPARATOR + block);
  }

  private Optional<ImageDag> next(Place place) {
    return store
        .query(
            "SELECT dag FROM dags WHERE present = 1 AND forget = 0 AND (dag > ? OR (dag = ? AND ?))"
                + " ORDER BY dag LIMIT 1",
            row -> ImageDag.stored(row.getString(1)),
            place.dag(),
            place.dag(),
            place.block() != Place.END)
        .stream()
        .findFirst();
  }

  private void read(ImageDag dag, int from) throws IOException, InterruptedException {
    @Nullable LeafOrder order = order(dag);
    if (order == null) {
      return;
    }
    List<Cid> all = new ArrayList<>(order.nodes());
    order.leaves().forEach(leaf -> all.add(leaf.cid()));
    for (int number = from; number < all.size(); number++) {
      if (number % NOTED_EVERY == 0) {
        note(dag, number);
      }
      Cid cid = all.get(number);
      if (isNew(cid)) {
        pace(read(cid));
      }
    }
  }

  /** Null if an inner node is bad, which is reported. */
  private @Nullable LeafOrder order(ImageDag dag) throws IOException {
    Cid[] last = {dag.cid()};
    try {
      return LeafOrder.of(
          dag.cid(),
          (cid, _) -> {
            last[0] = cid;
            return readable(cid);
          },
          Deadline.after(WALK));
    } catch (BadBlockException e) {
      bad.found(last[0]);
    } catch (IpfsDataException e) {
      // What was asked for has these bytes; nothing is wrong with the disk.
      LOG.warn("{} is not read again: {}", dag, e.getMessage());
    } catch (KuboException e) {
      if (e.fault() != Fault.NOT_HELD) {
        throw e;
      }
      bad.found(last[0]);
    } catch (UnreadableException e) {
      bad.found(last[0]);
    }
    return null;
  }

  private boolean isNew(Cid cid) {
    long hash = cid.toString().chars().asLongStream().reduce(7, (h, c) -> h * 1_000_003 + c);
    if (seen.contains(hash)) {
      return false;
    }
    if (seen.size() < REMEMBERED) {
      seen.add(hash);
    }
    return true;
  }

  /** Returns how many bytes it read. */
  private long read(Cid cid) throws IOException {
    try {
      return readable(cid).length;
    } catch (KuboException e) {
      if (e.fault() != Fault.NOT_HELD) {
        throw e;
      }
    } catch (BadBlockException | UnreadableException e) {
      LOG.debug("block {} is bad: {}", cid, e.getMessage());
    }
    bad.found(cid);
    return 0;
  }

  /** A block, unless the disk cannot read it: that fails each time. */
  private byte[] readable(Cid cid) throws IOException {
    for (int tries = 1; ; tries++) {
      try {
        return blocks.read(cid);
      } catch (IOException e) {
        if (e instanceof KuboException known && !known.isUnreadable()) {
          throw e;
        }
        if (tries == TRIES) {
          LOG.warn("block {} cannot be read: {}", cid, e.getMessage());
          throw new UnreadableException(e);
        }
      }
    }
  }

  private static final class UnreadableException extends IOException {
    private static final long serialVersionUID = 1L;

    private UnreadableException(IOException cause) {
      super(cause);
    }
  }

  private void pace(long bytes) throws InterruptedException {
    if (bytes > 0) {
      rest.of(Duration.ofNanos(bytes * 1_000_000_000L / bytesPerSecond));
    }
  }
}
