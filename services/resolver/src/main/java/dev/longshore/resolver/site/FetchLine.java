package dev.longshore.resolver.site;

import dev.longshore.model.ImageDag;
import java.io.InputStream;

/** The line for fetches: rate-limited, and read ahead of its consumers. */
final class FetchLine {
  /** What comes while the node takes what came before; at 20 Mbit/s it takes six seconds. */
  private static final long AHEAD = 16L << 20;

  /** The same of all that is fetched at once: a site has 256 MB of memory. */
  private static final long AHEAD_OF_ALL = 32L << 20;

  private final DagFetch.Hubs hubs;
  private final LineRate rate;
  private final LineBudget budget = new LineBudget(AHEAD_OF_ALL);

  FetchLine(DagFetch.Hubs hubs, LineRate rate) {
    this.hubs = hubs;
    this.rate = rate;
  }

  /** What comes of an image DAG; the caller closes it. */
  LineBuffer open(ImageDag dag, InputStream in) {
    return new LineBuffer(
        rate.limit(in, hubs.bytesPerSecond(dag), hubs::sharers), budget.open(AHEAD));
  }
}
