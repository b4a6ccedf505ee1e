package dev.longshore.resolver.site;

import dev.longshore.ipfs.Block;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.IpfsDataException;
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
import dev.longshore.sites.Leaves;
import dev.longshore.sites.Leaves.Range;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Fetches an image DAG to this site's node: its inner nodes, the leaves that the node lacks, a pin,
 * and a check that all is there. Received blocks stay, so a later try resumes.
 */
final class DagFetch {
  private static final Duration CALL = Duration.ofSeconds(30);

  /** The node reads each block of a DAG that it has. */
  private static final Duration VERIFY = Duration.ofHours(1);

  private final Hubs hubs;
  private final IpfsNode node;
  private final LocalBlocks local;
  private final DagOrders orders;
  private final LeafFetch leaves;
  private final PrivacyGuard privacy;
  private final boolean allowPublic;
  private final String pinName;
  private final Portions portions;

  private final AheadFetch ahead = new AheadFetch();

  /**
   * The sizes of requests and imports.
   *
   * @param asked bytes asked of the hub: at 20 Mbit/s 32 MiB take 13 s, so the round trip does not
   *     matter
   * @param given bytes given to the node: a kill or a cut line loses no more of what came
   */
  record Portions(long asked, long given) {
    static final Portions USUAL = new Portions(32L << 20, 8L << 20);
  }

  /** The sources of blocks. */
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

    /** Switches hubs: the last one did not answer. */
    void next();

    /** A fetch of it begins, to be ended by {@link #done}. */
    default void begin(ImageDag dag) {}

    /** The same for a requested image. */
    default void beginAwaited(ImageDag dag) {
      begin(dag);
    }

    /** A fetch of it has ended, successful or not. */
    default void done(ImageDag dag) {}

    /**
     * The last source did not provide it.
     *
     * @return whether another source can be tried at once
     */
    default boolean another(ImageDag dag, Exception why) {
      return false;
    }
  }

  /** Decides when an image may be fetched ahead of requests. */
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
    this.privacy = privacy;
    this.allowPublic = allowPublic;
    this.pinName = pinName;
    this.portions = portions;
    FetchLine line = new FetchLine(hubs, rate);
    NodeImport given = new NodeImport(node, telemetry);
    this.orders = new DagOrders(hubs, local, line, given);
    this.leaves = new LeafFetch(hubs, line, given);
  }

  /**
   * Returns once all of it is there and pinned, or others are to go first.
   *
   * @param have DAGs that are there and share blocks with it
   * @return whether all of it is there
   * @throws NoRoomException when the missing blocks exceed the room left
   * @throws HubException when the hub does not send it
   * @throws KuboException when the node does not accept it
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
      List<Leaf> all = begin(dag, have).leaves();
      ahead.begin(dag);
      BitSet lacking = local.lacking(all);
      long missing = LeafRanges.bytes(all, lacking);
      int next = lacking.nextSetBit(0);
      while (next >= 0) {
        long most = Math.min(portions.asked(), turn.next(missing));
        if (most <= 0) {
          return false;
        }
        List<Range> ranges = new ArrayList<>();
        next = LeafRanges.ahead(all, lacking, next, most, ranges);
        missing -= LeafRanges.bytes(all, ranges);
        if (!turn.goesOn()
            || !leaves.take(dag, all, ranges, portions.given(), HubClient.STALL, arrival)
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

  /** The order of its blocks; the node has the inner ones from then on. */
  LeafOrder begin(ImageDag dag, List<ImageDag> have) throws IOException, InterruptedException {
    Optional<String> objection = privacy.objection(node, allowPublic);
    if (objection.isPresent()) {
      throw new KuboException(Fault.REFUSED, node.name(), "write to it", 0, objection.get(), null);
    }
    try {
      return orders.order(dag, dag.cid(), have);
    } catch (IpfsDataException e) {
      throw DagOrders.wrong(dag, e);
    }
  }

  /** Numbers of leaves that the node lacks. */
  BitSet lacking(LeafOrder order) throws IOException {
    return local.lacking(order.leaves());
  }

  /**
   * Numbers of leaves that clients need first.
   *
   * @param lazy whether they mount layers before these have come
   */
  BitSet describing(LeafOrder order, boolean lazy) throws IOException {
    return DescribingLeaves.of(order, local::block, lazy);
  }

  /** Everything was received: verifies and pins it. */
  void end(ImageDag dag) throws IOException {
    Cid root = dag.cid();
    try {
      verify(root);
    } catch (IpfsDataException e) {
      throw DagOrders.wrong(dag, e);
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

  /** Fetches leaves for whoever waits for them; see {@link LeafFetch}. */
  LeafFetch leaves() {
    return leaves;
  }

  /** Which blocks a DAG has. */
  DagOrders orders() {
    return orders;
  }
}
