package dev.longshore.resolver.hub;

import dev.longshore.ipfs.reader.LeafOrder.Leaf;
import dev.longshore.resolver.content.DagBlocks;
import dev.longshore.resolver.hub.LeafRuns.Run;
import dev.longshore.sites.Leaves.Range;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.stream.LongStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The leaves of a site's request. While they are read, the hub's node fetches the next ones that it
 * lacks.
 */
final class LeafPrefetch implements Iterator<Leaf> {
  private static final Logger LOG = LoggerFactory.getLogger(LeafPrefetch.class);

  /** How far ahead of the reader: two thirds of a second at 50 MB/s. */
  private static final long AHEAD = 32L << 20;

  private final Iterator<Leaf> leaves;
  private final Deque<Run> runs;
  private final DagBlocks source;
  private long read;

  LeafPrefetch(List<Leaf> leaves, List<Range> ranges, DagBlocks source) {
    this.leaves =
        ranges.stream()
            .flatMapToLong(range -> LongStream.rangeClosed(range.first(), range.last()))
            .mapToObj(number -> leaves.get((int) number))
            .iterator();
    this.runs = new ArrayDeque<>(LeafRuns.of(leaves, ranges));
    this.source = source;
  }

  @Override
  public boolean hasNext() {
    return leaves.hasNext();
  }

  @Override
  public Leaf next() {
    bring();
    Leaf leaf = leaves.next();
    read += LeafRuns.size(leaf);
    return leaf;
  }

  private void bring() {
    for (Run next = runs.peek();
        next != null && next.before() < read + AHEAD && isAsMuch(next);
        next = runs.peek()) {
      runs.remove();
    }
  }

  /** Whether nothing remains to be done for the run. */
  private boolean isAsMuch(Run run) {
    try {
      return source.holds(run.wanted()) || source.bring(run.parent());
    } catch (IOException e) {
      // The blocks are then read one by one, and the reader gets the failure.
      LOG.debug("what lies below {} is not brought: {}", run.parent(), e.getMessage());
      return true;
    }
  }
}
