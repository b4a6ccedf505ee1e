package dev.longshore.resolver.site;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.node.Reach;
import dev.longshore.ipfs.reader.LeafOrder.Leaf;
import dev.longshore.model.Cid;
import dev.longshore.resolver.testing.RunningResolver;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.sites.Keep;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A block that rotted at a node whose neighbor has the same image. */
class RotAtNeighborsTest {
  private static final Duration CALL = Duration.ofSeconds(10);

  @TempDir private Path folder;
  private SiteNodes site;
  private SiteBed one;
  private SiteBed other;
  private RunningResolver resolver;
  private int sent;
  private Cid leaf;

  @BeforeEach
  void keep() throws Exception {
    site = new SiteNodes(folder);
    one = site.node("a");
    other = site.node("b");
    site.push(Keep.EVERY_NODE);
    site.startAcquainted();
    site.nodes.forEach(site::awaitHere);
    for (SiteBed node : site.nodes) {
      node.awaitShown("1.0", site.image);
    }
    resolver = site.resolver(one);
    sent = site.hub.sentLeaves.get();
    leaf =
        site.hub.order(site.image.dag()).leaves().stream()
            .max(Comparator.comparingLong(Leaf::bytes))
            .orElseThrow()
            .cid();
  }

  @AfterEach
  void end() throws Exception {
    site.close();
  }

  private static boolean isWhole(SiteBed node, Cid cid) {
    try {
      return node.own.block(cid, Reach.LOCAL, Deadline.after(CALL)).size() > 0;
    } catch (IOException | RuntimeException e) {
      return false;
    }
  }

  @Test
  void itComesFromTheNeighborWithoutTheHub() throws Exception {
    site.hub.status = 503;
    one.own.corrupt(leaf);

    site.pull(resolver);

    Eventually.await("it is replaced", () -> isWhole(one, leaf) && one.pinned(site.image));
  }

  @Test
  void whatRottedAtBothComesFromTheHubToEach() throws Exception {
    one.own.corrupt(leaf);
    other.own.corrupt(leaf);

    site.pull(resolver);

    Eventually.await("both are replaced", () -> isWhole(one, leaf) && isWhole(other, leaf));
    assertThat(site.hub.sentLeaves.get() - sent).isBetween(1, 2);
  }
}
