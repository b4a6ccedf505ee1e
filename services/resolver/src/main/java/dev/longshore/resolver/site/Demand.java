package dev.longshore.resolver.site;

import dev.longshore.ipfs.Block;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.node.Fault;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.ipfs.reader.LeafOrder;
import dev.longshore.ipfs.reader.LeafOrder.Leaf;
import dev.longshore.model.Cid;
import dev.longshore.model.ImageDag;
import dev.longshore.resolver.content.UnavailableException;
import dev.longshore.resolver.content.UnavailableException.Reason;
import dev.longshore.sites.Leaves.Range;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A requested image DAG being fetched. Any number of readers wait for its blocks; awaited blocks
 * come first, then all others. The fetch continues when the readers are gone.
 */
final class Demand implements DagFetch.Arrival {
  /** Bytes of the first request, before the line's speed is known. */
  private static final long LEAST_ASKED = 1L << 20;

  private static final long MOST_ASKED = 32L << 20;

  /** Where a reader begins who may soon read elsewhere: the more it reads on, the more comes. */
  private static final long FIRST_ASKED = 256L << 10;

  /**
   * Bytes given to the node at once; until then they are in memory, for who waits for them. Each
   * time costs the node as much as some blocks do; six images that come at once may have 24 MB.
   */
  private static final long GIVEN = 4L << 20;

  /** What was not asked for in the last request waits for no longer. */
  private static final Duration BATCH = Duration.ofSeconds(1);

  private final ImageDag dag;
  private final DagFetch fetch;
  private final Duration stall;
  private final LongConsumer counted;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  /** How many wait for a leaf. */
  private final TreeMap<Integer, Integer> urgent = new TreeMap<>();

  /** Leaves that came, and that the node does not have yet. */
  private final Map<Integer, Block> piece = new HashMap<>();

  private final Map<Cid, Integer> numbers = new HashMap<>();
  private List<Leaf> leaves = List.of();
  private BitSet lacking = new BitSet();

  /** Asked for before all else, once. */
  private BitSet describing = new BitSet();

  private State state = State.BEGINNING;
  private @Nullable UnavailableException failure;

  /** Bytes that the line brings within a {@link #BATCH}. */
  private long fast = LEAST_ASKED;

  private long asked = FIRST_ASKED;

  /** The leaf after those that were asked for last. */
  private int follows = -1;

  private volatile boolean admitted;
  private volatile long cameAt;

  private enum State {
    BEGINNING,
    COMING,
    HERE,
    FAILED
  }

  /**
   * @param stall longest time without a byte, after which it is asked for anew
   * @param counted told of bytes of leaves as they come
   */
  Demand(ImageDag dag, DagFetch fetch, Duration stall, LongConsumer counted) {
    this.dag = dag;
    this.fetch = fetch;
    this.stall = stall;
    this.counted = counted;
    this.cameAt = System.nanoTime();
  }

  ImageDag dag() {
    return dag;
  }

  /** Time since the last byte. */
  Duration idle() {
    return Duration.ofNanos(System.nanoTime() - cameAt);
  }

  /** Bytes still to come, as far as is known. */
  long missing() {
    lock.lock();
    try {
      return LeafRanges.bytes(leaves, lacking);
    } finally {
      lock.unlock();
    }
  }

  /** There is room for it. */
  void admit() {
    admitted = true;
  }

  boolean isAdmitted() {
    return admitted;
  }

  /**
   * Has its inner nodes brought; again, if some may be gone.
   *
   * @param lazy whether clients mount its layers before they have come
   */
  void begin(List<ImageDag> have, boolean lazy) throws IOException, InterruptedException {
    LeafOrder order = fetch.begin(dag, have);
    BitSet missing = fetch.lacking(order);
    BitSet first = fetch.describing(order, lazy);
    cameAt = System.nanoTime();
    lock.lock();
    try {
      leaves = order.leaves();
      numbers.clear();
      for (int number = 0; number < leaves.size(); number++) {
        numbers.put(leaves.get(number).cid(), number);
      }
      lacking = missing;
      describing = first;
    } finally {
      lock.unlock();
    }
  }

  /** Its parts are found from now on. */
  void shown() {
    become(State.COMING, null);
  }

  void here() {
    become(State.HERE, null);
  }

  /** Fails all waiting readers. */
  void failed(UnavailableException why) {
    become(State.FAILED, why);
  }

  private void become(State next, @Nullable UnavailableException why) {
    lock.lock();
    try {
      state = next;
      failure = why;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Has some leaves brought; returns whether none is lacking any more. */
  boolean batch() throws IOException, InterruptedException {
    List<Range> ranges = next();
    if (ranges.isEmpty()) {
      return true;
    }
    long begun = System.nanoTime();
    long before = LeafRanges.bytes(leaves, ranges);
    var _ = fetch.leaves().take(dag, leaves, ranges, GIVEN, stall, this);
    long took = Math.max(1, System.nanoTime() - begun);
    fast = Math.clamp((long) ((double) before * BATCH.toNanos() / took), LEAST_ASKED, MOST_ASKED);
    return false;
  }

  /** What is waited for and what follows it, a share for each reader; or what is left. */
  private List<Range> next() {
    lock.lock();
    try {
      describing.and(lacking);
      if (!describing.isEmpty()) {
        return describing();
      }
      List<Integer> starts = new ArrayList<>();
      for (int number : urgent.keySet()) {
        if (lacking.get(number) && !urgent.containsKey(number - 1)) {
          starts.add(number);
        }
      }
      if (starts.isEmpty()) {
        int first = lacking.nextSetBit(0);
        if (first < 0) {
          return List.of();
        }
        starts.add(first);
      }
      asked = starts.contains(follows) ? Math.min(2 * asked, fast) : FIRST_ASKED;
      BitSet chosen = new BitSet();
      for (int start : starts) {
        List<Range> share = new ArrayList<>();
        var _ = LeafRanges.ahead(leaves, lacking, start, asked / starts.size() + 1, share);
        share.forEach(range -> chosen.set((int) range.first(), (int) range.last() + 1));
      }
      List<Range> ranges = new ArrayList<>();
      var _ = LeafRanges.ahead(leaves, chosen, chosen.nextSetBit(0), MOST_ASKED, ranges);
      follows = lacking.nextSetBit((int) ranges.getLast().last() + 1);
      return ranges;
    } finally {
      lock.unlock();
    }
  }

  private List<Range> describing() {
    List<Range> ranges = new ArrayList<>();
    var _ = LeafRanges.ahead(leaves, describing, describing.nextSetBit(0), MOST_ASKED, ranges);
    return ranges;
  }

  @Override
  public boolean goesOn() {
    return true;
  }

  @Override
  public void came(int number, Block block) {
    cameAt = System.nanoTime();
    counted.accept(block.size());
    lock.lock();
    try {
      piece.put(number, block);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void given() {
    lock.lock();
    try {
      piece.keySet().forEach(lacking::clear);
      piece.clear();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Whether it has that leaf, as far as is known. */
  boolean has(Cid cid) {
    lock.lock();
    try {
      return numbers.containsKey(cid);
    } finally {
      lock.unlock();
    }
  }

  /** Waits until its parts can be found. */
  void awaitShown(Duration limit) throws UnavailableException, InterruptedException {
    long left = limit.toNanos();
    lock.lock();
    try {
      while (state == State.BEGINNING) {
        if (left <= 0) {
          throw new UnavailableException(
              Reason.NOT_HERE,
              "%s is not here, and its hub has sent nothing for %s".formatted(dag, limit));
        }
        left = changed.awaitNanos(left);
      }
      UnavailableException why = failure;
      if (why != null) {
        throw why.again();
      }
    } finally {
      lock.unlock();
    }
  }

  /** A leaf of it, as soon as it arrives; empty if the node has it. */
  Optional<Block> leaf(Cid cid, Deadline deadline) throws IOException {
    lock.lock();
    try {
      int number = numbers.getOrDefault(cid, -1);
      urgent.merge(number, 1, Integer::sum);
      try {
        return Optional.ofNullable(awaited(number, deadline));
      } finally {
        urgent.computeIfPresent(number, (_, count) -> count == 1 ? null : count - 1);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (IOException) new InterruptedIOException("waiting for a block").initCause(e);
    } finally {
      lock.unlock();
    }
  }

  /** Null if the node has it. */
  private @Nullable Block awaited(int number, Deadline deadline)
      throws IOException, InterruptedException {
    while (lacking.get(number)) {
      Block come = piece.get(number);
      if (come != null) {
        return come;
      }
      UnavailableException why = failure;
      if (why != null) {
        throw why.again();
      }
      long left = deadline.remaining().toNanos();
      if (left <= 0) {
        throw new KuboException(
            Fault.STALLED, "of this site", "get a block of " + dag, 0, "it did not come", null);
      }
      var _ = changed.awaitNanos(left);
    }
    return null;
  }
}
