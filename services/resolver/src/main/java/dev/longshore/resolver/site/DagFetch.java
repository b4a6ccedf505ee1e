package dev.longshore.resolver.site;

import dev.longshore.ipfs.Block;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.IpfsDataException;
import dev.longshore.ipfs.car.CarReader;
import dev.longshore.ipfs.check.PrivacyGuard;
import dev.longshore.ipfs.node.Fault;
import dev.longshore.ipfs.node.IpfsNode;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.ipfs.node.LocalCheck;
import dev.longshore.ipfs.node.PinProgress;
import dev.longshore.ipfs.reader.LeafOrder;
import dev.longshore.ipfs.reader.LeafOrder.Leaf;
import dev.longshore.model.Cid;
import dev.longshore.model.ImageDag;
import dev.longshore.resolver.site.hub.HubClient;
import dev.longshore.resolver.site.hub.HubException;
import dev.longshore.resolver.site.hub.HubException.Kind;
import dev.longshore.sites.Leaves;
import dev.longshore.sites.Leaves.Range;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Brings an image DAG to this site's node: its inner nodes, the leaves that the node lacks, a pin,
 * and the node's word that all is there. Whatever came stays, so a later try goes on from there.
 */
final class DagFetch {
  /** Bytes of inner nodes of one DAG: those of 250 GB in leaves of 256 KiB. */
  private static final long NODES = 64L << 20;

  /** What a block takes in memory beside its bytes: very many may be very small. */
  private static final int BESIDE = 256;

  /** What comes while the node takes what came before; at 20 Mbit/s it takes six seconds. */
  private static final long AHEAD = 16L << 20;

  /** The same of all that is fetched at once: a site has 256 MB of memory. */
  private static final long AHEAD_OF_ALL = 32L << 20;

  /** Read at once of what came. */
  private static final int BUFFER = 64 * 1024;

  private static final Duration CALL = Duration.ofSeconds(30);
  private static final Duration IMPORT = Duration.ofMinutes(2);

  /** The node reads each block of a DAG that it has. */
  private static final Duration VERIFY = Duration.ofHours(1);

  private final Hubs hubs;
  private final IpfsNode node;
  private final LocalBlocks local;
  private final LineRate rate;
  private final PrivacyGuard privacy;
  private final boolean allowPublic;
  private final String pinName;
  private final Portions portions;
  private final SiteTelemetry telemetry;
  private final LineBudget budget = new LineBudget(AHEAD_OF_ALL);
  private final AheadFetch ahead = new AheadFetch();

  /**
   * How much goes at once.
   *
   * @param asked bytes asked of the hub: at 20 Mbit/s 32 MiB take 13 s, of which the way there and
   *     back is nothing
   * @param given bytes given to the node: a kill or a cut line loses no more of what came
   */
  record Portions(long asked, long given) {
    static final Portions USUAL = new Portions(32L << 20, 8L << 20);
  }

  /** Where the blocks come from. */
  interface Hubs {
    InputStream nodes(ImageDag dag, List<ImageDag> have) throws HubException, InterruptedException;

    InputStream leaves(ImageDag dag, Leaves leaves, Duration stall)
        throws HubException, InterruptedException;

    /** Bytes a second of where that comes from; no limit if null. */
    @Nullable Long bytesPerSecond(ImageDag dag);

    /** How many nodes share that, with this one. */
    default int sharers() {
      return 1;
    }

    /** The hub that was asked last did not answer. */
    void next();

    /** A fetch of it begins, which {@link #done} ends. */
    default void begin(ImageDag dag) {}

    /** The same of one that somebody waits for. */
    default void beginAwaited(ImageDag dag) {
      begin(dag);
    }

    /** A fetch of it has ended, whatever came of it. */
    default void done(ImageDag dag) {}

    /**
     * Whoever was asked for it last did not give it.
     *
     * @return whether somebody else can be asked at once
     */
    default boolean another(ImageDag dag, Exception why) {
      return false;
    }
  }

  /** When an image may come that nobody waits for. */
  interface Turn {
    /**
     * Asked before each request for leaves: others write to the disk, and use the line, too.
     *
     * @param missing bytes that are still to come, as links say, which is unchecked
     * @return most bytes to ask for; 0 if others are to go first
     * @throws NoRoomException if there is no room for them
     */
    long next(long missing) throws IOException;

    /** Asked between blocks. */
    boolean goesOn();

    /** So many bytes came. */
    void came(int bytes);
  }

  /** Follows the leaves of one request as they come. */
  interface Arrival {
    /** Whether to go on; what came so far stays. */
    boolean goesOn();

    /** A leaf came and is right; the node does not have it yet. */
    void came(int number, Block block);

    /** The node has all that came so far. */
    void given();

    /** A request is open; it can be ended, and what came by then is taken yet. */
    default void opened(Runnable finish) {}
  }

  /**
   * @param allowPublic whether to write to a node that strangers can reach
   */
  DagFetch(
      Hubs hubs,
      IpfsNode node,
      LocalBlocks local,
      LineRate rate,
      PrivacyGuard privacy,
      boolean allowPublic,
      String pinName,
      Portions portions,
      SiteTelemetry telemetry) {
    this.hubs = hubs;
    this.node = node;
    this.local = local;
    this.rate = rate;
    this.privacy = privacy;
    this.allowPublic = allowPublic;
    this.pinName = pinName;
    this.portions = portions;
    this.telemetry = telemetry;
  }

  /**
   * Returns once all of it is there and pinned, or others are to go first.
   *
   * @param have DAGs that are there and share blocks with it
   * @return whether all of it is there
   * @throws NoRoomException when what is missing is larger than the room that is left
   * @throws HubException when the hub does not send it
   * @throws KuboException when the node does not take it
   */
  boolean fetch(ImageDag dag, List<ImageDag> have, Turn turn)
      throws IOException, InterruptedException {
    Arrival arrival =
        new Arrival() {
          @Override
          public boolean goesOn() {
            return turn.goesOn();
          }

          @Override
          public void came(int number, Block block) {
            turn.came(block.size());
          }

          @Override
          public void given() {
            // Nobody waits for it.
          }

          @Override
          public void opened(Runnable finish) {
            ahead.opened(finish);
          }
        };
    hubs.begin(dag);
    try {
      List<Leaf> leaves = begin(dag, have).leaves();
      ahead.begin(dag);
      BitSet lacking = local.lacking(leaves);
      long missing = bytes(leaves, lacking);
      int next = lacking.nextSetBit(0);
      while (next >= 0) {
        long most = Math.min(portions.asked(), turn.next(missing));
        if (most <= 0) {
          return false;
        }
        List<Range> ranges = new ArrayList<>();
        next = ahead(leaves, lacking, next, most, ranges);
        missing -= bytes(leaves, ranges);
        if (!turn.goesOn()
            || !take(dag, leaves, ranges, portions.given(), HubClient.STALL, arrival)
            // Looking whether all is there may take minutes, though all of it came.
            || !turn.goesOn()) {
          return false;
        }
      }
      end(dag);
      return true;
    } finally {
      ahead.end();
      hubs.done(dag);
    }
  }

  /**
   * Somebody asks for it: if it is fetched ahead now, that ends.
   *
   * @param limit longest wait until the node has what came of it
   */
  void takeOver(ImageDag dag, Duration limit) throws InterruptedException {
    ahead.takeOver(dag, limit);
  }

  /** The order of its blocks, of which the node has the inner ones from then on. */
  LeafOrder begin(ImageDag dag, List<ImageDag> have) throws IOException, InterruptedException {
    Optional<String> objection = privacy.objection(node, allowPublic);
    if (objection.isPresent()) {
      throw new KuboException(Fault.REFUSED, node.name(), "write to it", 0, objection.get(), null);
    }
    try {
      return order(dag, dag.cid(), have);
    } catch (IpfsDataException e) {
      throw wrong(dag, e);
    }
  }

  /** Numbers of its leaves that the node lacks. */
  BitSet lacking(LeafOrder order) throws IOException {
    return local.lacking(order.leaves());
  }

  /** Bytes of these leaves, as their links say. */
  static long bytes(List<Leaf> leaves, BitSet which) {
    return which.stream().mapToLong(number -> bytes(leaves.get(number))).sum();
  }

  /** Bytes of these leaves, as their links say. */
  static long bytes(List<Leaf> leaves, List<Range> ranges) {
    long bytes = 0;
    for (Range range : ranges) {
      for (long number = range.first(); number <= range.last(); number++) {
        bytes += bytes(leaves.get((int) number));
      }
    }
    return bytes;
  }

  /** What a link says of a block's size is not checked; no block is larger than that. */
  private static long bytes(Leaf leaf) {
    return Math.clamp(leaf.bytes(), 1, Block.MAX_BYTES);
  }

  private static HubException wrong(ImageDag dag, IpfsDataException e) {
    return new HubException(
        Kind.WRONG, "hub: blocks of " + dag + ": " + e.getMessage() + "; nothing of it is kept", e);
  }

  /** All of it came: the node is to say so, and to keep it. */
  void end(ImageDag dag) throws IOException {
    Cid root = dag.cid();
    try {
      verify(root);
    } catch (IpfsDataException e) {
      throw wrong(dag, e);
    }
    if (!node.isPinned(root, Deadline.after(CALL))) {
      // All is there: a node that asks its peers has lost something meanwhile.
      node.pin(root, pinName, CALL, Deadline.after(VERIFY), PinProgress.NONE);
    }
  }

  private void verify(Cid root) throws IOException {
    try {
      var _ = node.verifyLocal(root, LocalCheck.PRESENCE, Deadline.after(VERIFY));
    } catch (KuboException e) {
      throw e.fault() == Fault.NOT_HELD
          ? new KuboException(
              Fault.FAILED,
              node.name(),
              e.action(),
              0,
              "a block that came is gone: " + e.reason() + "; is it run with --enable-gc?",
              e)
          : e;
    }
  }

  private LeafOrder order(ImageDag dag, Cid root, List<ImageDag> have)
      throws IOException, InterruptedException {
    Optional<LeafOrder> known = known(root);
    if (known.isPresent()) {
      return known.get();
    }
    while (true) {
      try {
        return sent(dag, root, have);
      } catch (KuboException e) {
        throw e;
      } catch (IOException | IpfsDataException e) {
        if (!hubs.another(dag, e)) {
          throw e;
        }
      }
    }
  }

  /** All its inner nodes, whatever the node has of them; the node is not given them. */
  Map<Cid, Block> nodes(ImageDag dag) throws IOException, InterruptedException {
    while (true) {
      try {
        return nodes(dag, List.of());
      } catch (IpfsDataException e) {
        if (!hubs.another(dag, e)) {
          throw wrong(dag, e);
        }
      } catch (IOException e) {
        if (!hubs.another(dag, e)) {
          throw e;
        }
      }
    }
  }

  private Map<Cid, Block> nodes(ImageDag dag, List<ImageDag> have)
      throws IOException, InterruptedException {
    Map<Cid, Block> sent = new HashMap<>();
    long bytes = 0;
    try (LineBuffer line = limited(dag, hubs.nodes(dag, have))) {
      CarReader car = new CarReader(new BufferedInputStream(line, BUFFER));
      for (Block block = car.next(); block != null; block = car.next()) {
        bytes += block.size() + BESIDE;
        if (block.cid().codec() != Cid.DAG_PB || bytes > NODES) {
          throw new HubException(
              Kind.WRONG,
              "hub: inner nodes of %s: %s after %d bytes (expected: dag-pb, at most %d bytes)"
                  .formatted(dag, block.cid(), bytes, NODES));
        }
        sent.put(block.cid(), block);
      }
    }
    return sent;
  }

  private LeafOrder sent(ImageDag dag, Cid root, List<ImageDag> have)
      throws IOException, InterruptedException {
    Map<Cid, Block> sent = nodes(dag, have);
    LeafOrder order;
    try {
      order =
          LeafOrder.of(
              root,
              (cid, _) -> {
                Block block = sent.get(cid);
                return block == null ? local.block(cid) : block.bytes();
              },
              Deadline.after(VERIFY));
    } catch (KuboException e) {
      if (e.fault() == Fault.NOT_HELD && !have.isEmpty()) {
        // One of the others is not whole.
        return order(dag, root, List.of());
      }
      throw e.fault() == Fault.NOT_HELD
          ? new HubException(Kind.WRONG, "hub: inner nodes of " + dag + ": " + e.reason(), e)
          : e;
    }
    List<Block> needed = new ArrayList<>();
    for (Cid cid : order.nodes()) {
      Block block = sent.get(cid);
      if (block != null) {
        needed.add(block);
      }
    }
    give(needed.reversed());
    return order;
  }

  /** The same of a DAG whose inner nodes are all there, as after a kill. */
  private Optional<LeafOrder> known(Cid root) throws IOException {
    try {
      return Optional.of(LeafOrder.of(root, (cid, _) -> local.block(cid), Deadline.after(VERIFY)));
    } catch (KuboException e) {
      if (e.fault() == Fault.NOT_HELD) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /**
   * Ranges of leaves that are lacking, from one on.
   *
   * @param most bytes that they may have together
   * @param into where they go, up to what one request may ask for
   * @return the number of the next one, or -1
   */
  static int ahead(List<Leaf> leaves, BitSet lacking, int first, long most, List<Range> into) {
    long bytes = 0;
    int next = first;
    while (next >= 0 && into.size() < Leaves.RANGES && bytes < most) {
      int from = next;
      int to = next;
      while (lacking.get(to) && bytes < most) {
        bytes += bytes(leaves.get(to));
        to++;
      }
      into.add(new Range(from, to - 1L));
      next = lacking.nextSetBit(to);
    }
    return next;
  }

  /**
   * Fetches leaves, and gives them to the node.
   *
   * @param ranges ascending, none touching another
   * @param given bytes given to the node at once
   * @param stall longest time without a byte
   * @return whether all of them came, and none were given up
   */
  boolean take(
      ImageDag dag,
      List<Leaf> leaves,
      List<Range> ranges,
      long given,
      Duration stall,
      Arrival arrival)
      throws IOException, InterruptedException {
    RangesLeft left = new RangesLeft(ranges);
    while (!left.isEmpty()) {
      try {
        return takeFromOne(dag, leaves, left, given, stall, arrival);
      } catch (KuboException e) {
        throw e;
      } catch (IOException e) {
        if (!hubs.another(dag, e)) {
          throw e;
        }
      }
    }
    return true;
  }

  private boolean takeFromOne(
      ImageDag dag, List<Leaf> leaves, RangesLeft left, long given, Duration stall, Arrival arrival)
      throws IOException, InterruptedException {
    List<Block> piece = new ArrayList<>();
    List<Range> ranges = left.ranges();
    try (LineBuffer line = limited(dag, hubs.leaves(dag, new Leaves(ranges), stall))) {
      arrival.opened(line::finish);
      CarReader car = new CarReader(new BufferedInputStream(line, BUFFER));
      long bytes = 0;
      for (Range range : ranges) {
        for (long number = range.first(); number <= range.last(); number++) {
          Block block = leaf(dag, leaves, number, car.next());
          piece.add(block);
          left.came();
          arrival.came((int) number, block);
          bytes += block.size();
          if (bytes >= given) {
            bytes = 0;
            give(piece, arrival);
          }
          if (!arrival.goesOn()) {
            line.finish();
          }
        }
      }
      if (car.next() != null) {
        throw new HubException(Kind.WRONG, "hub: blocks of " + dag + ": more than asked for");
      }
    } catch (LineBuffer.FinishedException e) {
      give(piece, arrival);
      return false;
    } catch (IpfsDataException e) {
      give(piece, arrival);
      throw wrong(dag, e);
    } catch (IOException e) {
      // What came before is hashed, and need not come again.
      give(piece, arrival);
      throw e;
    }
    give(piece, arrival);
    return true;
  }

  /**
   * One leaf, whatever the node has of it; the node is not given it.
   *
   * @param stall longest time without a byte
   */
  Block leaf(ImageDag dag, List<Leaf> leaves, int number, Duration stall)
      throws IOException, InterruptedException {
    Leaves one = new Leaves(List.of(new Range(number, number)));
    while (true) {
      try (LineBuffer line = limited(dag, hubs.leaves(dag, one, stall))) {
        return leaf(
            dag, leaves, number, new CarReader(new BufferedInputStream(line, BUFFER)).next());
      } catch (IpfsDataException e) {
        if (!hubs.another(dag, e)) {
          throw wrong(dag, e);
        }
      } catch (IOException e) {
        if (!hubs.another(dag, e)) {
          throw e;
        }
      }
    }
  }

  private static Block leaf(ImageDag dag, List<Leaf> leaves, long number, @Nullable Block block)
      throws HubException {
    Cid expected = leaves.get((int) number).cid();
    if (block == null || !block.cid().equals(expected)) {
      throw new HubException(
          Kind.WRONG,
          "hub: leaf %d of %s: %s (expected: %s)"
              .formatted(number, dag, block == null ? "none" : block.cid(), expected));
    }
    return block;
  }

  private void give(List<Block> piece, Arrival arrival) throws IOException {
    List<Block> full = List.copyOf(piece);
    piece.clear();
    give(full);
    arrival.given();
  }

  private void give(List<Block> blocks) throws IOException {
    if (!blocks.isEmpty()) {
      var _ =
          node.importCar(
              sink -> {
                for (Block block : blocks) {
                  sink.put(block.cid(), block.bytes(), 0, block.size());
                }
              },
              Deadline.after(IMPORT));
      telemetry.given(blocks.size());
    }
  }

  private LineBuffer limited(ImageDag dag, InputStream in) {
    return new LineBuffer(
        rate.limit(in, hubs.bytesPerSecond(dag), hubs::sharers), budget.open(AHEAD));
  }
}
