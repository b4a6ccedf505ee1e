package dev.longshore.resolver.site;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.resolver.site.neighbor.NeighborTwin;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.sites.DagPresence.State;
import dev.longshore.sites.Keep;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What several nodes keep comes over the line once, in any order of requests. */
class KeptOnceTest {
  /** Of a leaf that was on its way, and of what is no image. */
  private static final int BESIDE = 300_000;

  @TempDir private Path folder;
  private SiteNodes site;

  @BeforeEach
  void open() throws Exception {
    site = new SiteNodes(folder);
  }

  @AfterEach
  void end() throws Exception {
    site.hub.released.countDown();
    site.close();
  }

  private long requestsForLeaves() {
    return site.hub.requests.stream().filter(each -> each.endsWith("/leaves")).count();
  }

  /** Bytes over the line of all of them, once each has the image. */
  private long overTheLine(List<String> nodes) {
    long bytes = 0;
    for (String node : nodes) {
      Eventually.await(
          node + " reports it",
          () -> site.last(node).filter(report -> report.present().images() == 1).isPresent());
      bytes += site.last(node).orElseThrow().lineBytes();
    }
    return bytes;
  }

  @Test
  void whatCameToTheKeeperDoesNotComeAgainWhenANeighborAsksForIt() throws Exception {
    SiteBed first = site.node("a");
    SiteBed second = site.node("b");
    first.portions = DagFetch.Portions.USUAL;
    second.portions = DagFetch.Portions.USUAL;
    site.push(Keep.EVERY_NODE);
    site.hub.held = site.image.dag();
    site.hub.holdAfter = 2_000_000;
    site.hub.released = new CountDownLatch(1);
    site.share();
    first.start();
    Eventually.await("the line stands still in the middle", () -> requestsForLeaves() == 1);
    second.start();
    Eventually.await("the neighbor takes over", () -> requestsForLeaves() > 1);

    site.hub.released.countDown();

    site.nodes.forEach(site::awaitHere);
    assertThat(overTheLine(List.of("a", "b"))).isLessThan(site.image.image().blobBytes() + BESIDE);
  }

  /** Others heard of it earlier, and one of them may have begun. */
  @Test
  void whoIsToldThatANeighborWaitsForAnotherOneAsksAgain() throws Exception {
    SiteBed node = site.node("a");
    for (String name : List.of("b", "c", "d", "e", "f", "g")) {
      NeighborTwin twin = site.honest(name);
      twin.state = State.ABSENT;
      twin.status = 409;
    }
    site.startAcquainted();
    site.push(Keep.EVERY_NODE);
    Eventually.await("one of them is asked for it", () -> site.twins.stream().anyMatch(this::gave));

    for (NeighborTwin twin : site.twins) {
      twin.status = 200;
      twin.state = State.HERE;
    }

    site.awaitHere(node);
    assertThat(site.hub.sentLeaves.get()).isZero();
  }

  private boolean gave(NeighborTwin twin) {
    return twin.requests.stream().anyMatch(request -> request.endsWith("/nodes"));
  }

  /** A neighbor that has it not asks this node, which hears of it at that moment. */
  @Test
  void whoIsAskedLooksFirstWhetherSomebodyElseTakesItFromTheHub() throws Exception {
    SiteBed node = site.node("a");
    NeighborTwin other = site.honest("b");
    other.state = State.COMING;
    site.hub.group = SiteNodes.PAUSED;
    site.push(Keep.EVERY_NODE);
    site.startAcquainted();

    assertThat(site.status(node)).isEqualTo(409);
    assertThat(site.hub.sentLeaves.get()).isZero();
  }
}
