package dev.longshore.resolver.site;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.resolver.site.neighbor.NeighborTwin;
import dev.longshore.sites.DagPresence.State;
import dev.longshore.sites.Group;
import dev.longshore.sites.Keep;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rate of a group's line, by the clock of a node that reads nothing faster than it may. */
class RateOfASiteTest {
  private static final long RATE = 1_000_000;

  @TempDir private Path folder;
  private final AtomicLong nanos = new AtomicLong();
  private SiteNodes site;
  private SiteBed node;

  @BeforeEach
  void open() throws Exception {
    site = new SiteNodes(folder);
    node = site.node("a");
    node.portions = DagFetch.Portions.USUAL;
    node.rate = new LineRate(nanos::get, nanos::addAndGet);
    site.hub.group = new Group("shops", RATE, List.of(), "UTC", false);
  }

  @AfterEach
  void end() throws Exception {
    site.close();
  }

  private void neighbor(String name) throws Exception {
    NeighborTwin twin = site.twin(name);
    twin.state = State.ABSENT;
    // It has not heard of the image.
    twin.status = 404;
  }

  private Duration fetched() {
    site.push(Keep.EVERY_NODE);
    site.awaitHere(node);
    return Duration.ofNanos(nanos.get());
  }

  private Duration expected(int nodes) {
    return Duration.ofMillis(nodes * 1000L * site.image.image().blobBytes() / RATE);
  }

  @Test
  void aNodeThatSeesNoOtherHasAllOfIt() throws Exception {
    site.startAcquainted();

    assertThat(fetched()).isBetween(expected(1), expected(1).multipliedBy(11).dividedBy(10));
  }

  @Test
  void aNodeThatSeesThreeOthersHasAFourth() throws Exception {
    neighbor("b");
    neighbor("c");
    neighbor("d");
    site.startAcquainted();

    assertThat(fetched()).isBetween(expected(4), expected(4).multipliedBy(11).dividedBy(10));
  }
}
