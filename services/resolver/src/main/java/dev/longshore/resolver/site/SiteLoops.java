package dev.longshore.resolver.site;

import dev.longshore.catalog.CatalogException;
import dev.longshore.resolver.store.LocalFileException;
import dev.longshore.runtime.service.lifecycle.Loop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The loops of a site. A full disk ends none: what was not written is asked for again, and what was
 * written and not shown is shown when it goes on.
 */
final class SiteLoops {
  private static final Logger LOG = LoggerFactory.getLogger(SiteLoops.class);

  private final ServedNames names;
  private final Backoff backoff;
  private final List<Loop> loops = new ArrayList<>();

  /** Why what is here, or what the hub says, could not be kept at the last try. */
  private volatile @Nullable String unkept;

  SiteLoops(ServedNames names, Backoff backoff) {
    this.names = names;
    this.backoff = backoff;
  }

  /** Adds one; before the start. */
  void add(String name, Loop.Work work) {
    loops.add(new Loop(name, () -> run(work)));
  }

  private void run(Loop.Work work) throws InterruptedException {
    boolean failed = false;
    for (long failures = 1; ; failures++) {
      try {
        if (failed) {
          names.begin();
          unkept = null;
        }
        work.run();
      } catch (LocalFileException | CatalogException e) {
        failed = true;
        Duration pause = backoff.after(failures);
        LOG.warn("{}; the site's work goes on in {}", e.getMessage(), pause);
        unkept = e.getMessage();
        var _ = new Signal().await(pause);
      }
    }
  }

  /** Why one of them does not go on. */
  Optional<String> trouble() {
    return loops.stream()
        .flatMap(loop -> loop.trouble().stream())
        .findFirst()
        .or(() -> Optional.ofNullable(unkept));
  }

  void start() {
    loops.forEach(Loop::start);
  }

  /** Ends all of them, each within that time. */
  void stop(Duration drain) throws InterruptedException {
    boolean ended = true;
    for (Loop loop : loops) {
      ended &= loop.stop(drain);
    }
    if (!ended) {
      throw new IllegalStateException("a loop of the site did not end within " + drain);
    }
  }
}
