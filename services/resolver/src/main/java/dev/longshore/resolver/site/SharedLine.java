package dev.longshore.resolver.site;

import dev.longshore.model.ImageDag;
import dev.longshore.resolver.site.hub.HubException;
import dev.longshore.resolver.site.neighbor.DagSources;
import dev.longshore.resolver.site.neighbor.Neighborhood;
import dev.longshore.sites.Leaves;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Fetches blocks from a neighbor that has or fetches them, or else over the line. */
final class SharedLine implements DagFetch.Hubs {
  private final Membership hub;
  private final Neighborhood neighbors;
  private final DagSources sources;

  SharedLine(Membership hub, Neighborhood neighbors) {
    this.hub = hub;
    this.neighbors = neighbors;
    this.sources = neighbors.sources();
  }

  @Override
  public InputStream nodes(ImageDag dag, List<ImageDag> have)
      throws HubException, InterruptedException {
    return sources.nodes(dag, () -> hub.nodes(dag, have));
  }

  @Override
  public InputStream leaves(ImageDag dag, Leaves leaves, Duration stall)
      throws HubException, InterruptedException {
    return sources.leaves(dag, leaves, stall, () -> hub.leaves(dag, leaves, stall));
  }

  @Override
  public @Nullable Long bytesPerSecond(ImageDag dag) {
    return sources.isFromHub(dag) ? hub.bytesPerSecond(dag) : null;
  }

  @Override
  public int sharers() {
    return neighbors.names().size() + 1;
  }

  @Override
  public void next() {
    hub.next();
  }

  @Override
  public void begin(ImageDag dag) {
    sources.begin(dag);
  }

  @Override
  public void beginAwaited(ImageDag dag) {
    sources.beginAwaited(dag);
  }

  @Override
  public void done(ImageDag dag) {
    sources.done(dag);
  }

  @Override
  public boolean another(ImageDag dag, Exception why) {
    return !Thread.currentThread().isInterrupted() && sources.another(dag, why);
  }
}
