package dev.longshore.resolver.site;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.programs.FreePorts;
import dev.longshore.resolver.site.neighbor.NeighborTimes;
import dev.longshore.resolver.site.neighbor.NeighborTwin;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.sites.DagPresence.State;
import dev.longshore.sites.Keep;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What neighbors that are slow, wrong or away cost a node. */
class NeighborFaultsTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  @TempDir private Path folder;
  private SiteNodes site;

  private static NeighborTimes times(Duration presence, Duration greeted, Duration patience) {
    return new NeighborTimes(presence, greeted, LONG, LONG, patience);
  }

  @BeforeEach
  void open() throws Exception {
    site = new SiteNodes(folder);
  }

  @AfterEach
  void end() throws Exception {
    site.close();
  }

  @Test
  void aNodeWithoutNeighborsThatAnswerGoesToTheHubItself() throws Exception {
    SiteBed alone = site.node("a");
    alone.times = times(Duration.ofMillis(300), Duration.ofMillis(300), LONG);
    site.addresses.add("127.0.0.1:" + FreePorts.find());
    try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      site.addresses.add("127.0.0.1:" + silent.getLocalPort());
      site.start();

      site.push(Keep.EVERY_NODE);

      site.awaitHere(alone);
    }
    assertThat(site.hub.sentLeaves.get()).isEqualTo(site.leaves());
  }

  @Test
  void aLiarCostsItsOwnBlocksAlone() throws Exception {
    SiteBed node = site.node("a");
    NeighborTwin liar = site.twin("b");
    liar.leaves[liar.leaves.length - 5]++;
    site.push(Keep.ON_DEMAND);
    site.start();
    site.pull(site.resolver(node));

    site.awaitHere(node);
    assertThat(liar.requests).anyMatch(request -> request.endsWith("/leaves"));
    assertThat(site.hub.sentLeaves.get())
        .as("what came before is right")
        .isBetween(1, site.leaves() - 1);
  }

  @Test
  void otherBlocksThanThoseAskedForAreNotTaken() throws Exception {
    SiteBed node = site.node("a");
    NeighborTwin liar = site.twin("b");
    liar.leaves = liar.nodes;
    site.start();

    site.push(Keep.EVERY_NODE);

    site.awaitHere(node);
    assertThat(site.hub.sentLeaves.get()).isEqualTo(site.leaves());
  }

  @Test
  void whatASlowNeighborDoesNotSendComesFromTheHub() throws Exception {
    SiteBed node = site.node("a");
    node.stall = Duration.ofMillis(500);
    NeighborTwin slow = site.twin("b");
    slow.hangsAfter = slow.leaves.length / 2;
    site.push(Keep.ON_DEMAND);
    site.start();
    site.pull(site.resolver(node));

    site.awaitHere(node);
    assertThat(site.hub.sentLeaves.get()).isBetween(1, site.leaves() - 1);
  }

  @Test
  void whereTheOneInChargeHasItNotTheNextFetches() throws Exception {
    SiteBed node = site.node("a");
    for (String name : List.of("b", "c", "d", "e", "f", "g")) {
      NeighborTwin twin = site.twin(name);
      twin.state = State.ABSENT;
      twin.status = name.equals("c") ? 409 : 503;
    }
    site.start();

    site.push(Keep.EVERY_NODE);

    site.awaitHere(node);
    assertThat(site.hub.sentLeaves.get()).isEqualTo(site.leaves());
    assertThat(site.twins)
        .anyMatch(twin -> twin.requests.stream().anyMatch(each -> each.endsWith("/nodes")));
  }

  /** The resolver's clients learn after 10 s that an image is not here. */
  @Test
  void whoPullsIsServedByTheHubWhateverNeighborsWaitFor() throws Exception {
    SiteBed node = impatient();
    for (String name : List.of("b", "c", "d", "e", "f", "g")) {
      NeighborTwin twin = site.twin(name);
      twin.state = State.COMING;
      twin.begins = new CountDownLatch(1);
    }
    site.push(Keep.ON_DEMAND);
    site.startAcquainted();

    site.pull(site.resolver(node));

    site.awaitHere(node);
    assertThat(site.hub.sentLeaves.get()).isEqualTo(site.leaves());
    assertThat(site.twins)
        .as("the first of them is asked before the hub, and none after it")
        .filteredOn(twin -> twin.requests.stream().anyMatch(each -> each.endsWith("/nodes")))
        .hasSize(1);
  }

  @Test
  void whoPullsWaitsForTwoWhoStopInTheMiddle() throws Exception {
    SiteBed node = impatient();
    for (String name : List.of("b", "c", "d", "e", "f")) {
      NeighborTwin twin = site.honest(name);
      twin.hangsAfter = 300_000;
    }
    site.push(Keep.ON_DEMAND);
    site.startAcquainted();

    site.pull(site.resolver(node));

    site.awaitHere(node);
    assertThat(site.twins)
        .filteredOn(twin -> twin.requests.stream().anyMatch(each -> each.endsWith("/leaves")))
        .hasSizeBetween(1, 2);
  }

  @Test
  void whoPullsDoesNotWaitForThoseWhoSayNothing() throws Exception {
    SiteBed node = impatient();
    site.twin("b").thinks = LONG;
    site.push(Keep.ON_DEMAND);
    site.start();

    site.pull(site.resolver(node));

    site.awaitHere(node);
    assertThat(site.hub.sentLeaves.get()).isEqualTo(site.leaves());
  }

  @Test
  void aNeighborThatIsSlowIsTakenWhereTheHubIsSlower() throws Exception {
    SiteBed node = impatient();
    NeighborTwin twin = site.honest("b");
    twin.begins = new CountDownLatch(1);
    site.hub.holdAfter = 0;
    site.hub.released = new CountDownLatch(1);
    site.hub.held = site.image.dag();
    site.push(Keep.ON_DEMAND);
    site.startAcquainted();
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> pull =
          clients.submit(
              () -> {
                site.pull(site.resolver(node));
                return null;
              });
      Eventually.await(
          "the hub is asked too",
          () -> site.hub.requests.stream().anyMatch(each -> each.contains("/nodes")));
      twin.begins.countDown();

      pull.get();
    }

    site.awaitHere(node);
    site.hub.released.countDown();
  }

  /** Nobody waits for what is kept. */
  @Test
  void whatIsKeptIsWaitedForWhereANeighborIsSlow() throws Exception {
    SiteBed node = site.node("a");
    node.times = times(Duration.ofMillis(100), LONG, Duration.ofMillis(100));
    NeighborTwin twin = site.honest("b");
    twin.thinks = Duration.ofSeconds(1);
    site.start();

    site.push(Keep.EVERY_NODE);

    site.awaitHere(node);
    assertThat(site.hub.sentLeaves.get()).isZero();
  }

  private SiteBed impatient() throws Exception {
    SiteBed node = site.node("a");
    node.times = times(LONG, LONG, Duration.ofSeconds(1));
    return node;
  }
}
