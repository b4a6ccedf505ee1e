package dev.longshore.resolver.site;

import dev.longshore.ipfs.Block;
import dev.longshore.ipfs.IpfsDataException;
import dev.longshore.ipfs.car.CarReader;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.ipfs.reader.LeafOrder.Leaf;
import dev.longshore.model.Cid;
import dev.longshore.model.ImageDag;
import dev.longshore.resolver.site.hub.HubException;
import dev.longshore.resolver.site.hub.HubException.Kind;
import dev.longshore.sites.Leaves;
import dev.longshore.sites.Leaves.Range;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Fetches leaves of an image DAG from any source. */
final class LeafFetch {
  /** Read at once of what came. */
  private static final int BUFFER = 64 * 1024;

  private final DagFetch.Hubs hubs;
  private final FetchLine line;
  private final NodeImport node;

  LeafFetch(DagFetch.Hubs hubs, FetchLine line, NodeImport node) {
    this.hubs = hubs;
    this.line = line;
    this.node = node;
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
      DagFetch.Arrival arrival)
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
      ImageDag dag,
      List<Leaf> leaves,
      RangesLeft left,
      long given,
      Duration stall,
      DagFetch.Arrival arrival)
      throws IOException, InterruptedException {
    List<Block> piece = new ArrayList<>();
    List<Range> ranges = left.ranges();
    try (LineBuffer came = line.open(dag, hubs.leaves(dag, new Leaves(ranges), stall))) {
      arrival.opened(came::finish);
      CarReader car = new CarReader(new BufferedInputStream(came, BUFFER));
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
            came.finish();
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
      throw DagOrders.wrong(dag, e);
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
      try (LineBuffer came = line.open(dag, hubs.leaves(dag, one, stall))) {
        return leaf(
            dag, leaves, number, new CarReader(new BufferedInputStream(came, BUFFER)).next());
      } catch (IpfsDataException e) {
        if (!hubs.another(dag, e)) {
          throw DagOrders.wrong(dag, e);
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

  private void give(List<Block> piece, DagFetch.Arrival arrival) throws IOException {
    List<Block> full = List.copyOf(piece);
    piece.clear();
    node.give(full);
    arrival.given();
  }
}
