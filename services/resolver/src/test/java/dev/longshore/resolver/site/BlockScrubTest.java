package dev.longshore.resolver.site;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.node.PinProgress;
import dev.longshore.ipfs.node.Reach;
import dev.longshore.ipfs.reader.LeafOrder;
import dev.longshore.model.Cid;
import dev.longshore.resolver.testing.MirroredImage;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.sites.Keep;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Blocks of a site's own node that rot or vanish. */
class BlockScrubTest {
  private static final Duration CALL = Duration.ofSeconds(10);

  @TempDir private Path home;
  private HubTwin hub;
  private SiteBed site;
  private MirroredImage image;

  @BeforeEach
  void keep() throws Exception {
    hub = new HubTwin();
    site = SiteBed.joined(home, hub);
    image = hub.image(1);
    hub.push(SiteBed.REPOSITORY, "1.0", image);
    hub.push(SiteBed.REPOSITORY, "other", hub.image(2));
    site.start();
    site.awaitShown("1.0", image);
    site.awaitReport("of both", r -> r.present().images() == 2);
    site.stop();
    site.scrubRate = 1L << 30;
  }

  @AfterEach
  void end() throws Exception {
    hub.close();
    site.close();
  }

  private Cid leaf() throws IOException {
    // The largest: smaller ones may be of the other image, too.
    return hub.order(image.dag()).leaves().stream()
        .max(Comparator.comparingLong(LeafOrder.Leaf::bytes))
        .orElseThrow()
        .cid();
  }

  private void awaitWhole(Cid cid) {
    Eventually.await(
        "it is whole again", () -> PulledSite.isWhole(site, cid) && site.pinned(image));
    site.awaitShown("1.0", image);
    site.awaitReport("of it", PulledSite::saysThatOneRotted);
  }

  @Test
  void aRottenBlockIsFetchedAgainAndNothingElse() throws Exception {
    int sent = hub.sentLeaves.get();
    site.own.corrupt(leaf());

    site.start();

    awaitWhole(leaf());
    assertThat(hub.sentLeaves.get()).isEqualTo(sent + 1);
  }

  @Test
  void aMissingBlockIsFetchedAgain() throws Exception {
    site.own.lose(leaf());

    site.start();

    awaitWhole(leaf());
  }

  @Test
  void aRottenInnerNodeIsFetchedAgain() throws Exception {
    Cid node = hub.order(image.dag()).nodes().getLast();
    int sent = hub.sentLeaves.get();
    site.own.corrupt(node);

    site.start();

    awaitWhole(node);
    assertThat(hub.sentLeaves.get()).isEqualTo(sent);
  }

  @Test
  void aBlockThatTheDiskCannotReadIsFetchedAgain() throws Exception {
    int sent = hub.sentLeaves.get();
    site.own.spoil(leaf());

    site.start();

    awaitWhole(leaf());
    assertThat(hub.sentLeaves.get()).isEqualTo(sent + 1);
  }

  @Test
  void anInnerNodeThatTheDiskCannotReadIsFetchedAgain() throws Exception {
    Cid node = hub.order(image.dag()).nodes().getLast();
    site.own.spoil(node);

    site.start();

    awaitWhole(node);
  }

  /** The rule of the image is another one, and the node knows. */
  private void onDemand() throws Exception {
    hub.push(SiteBed.REPOSITORY, "1.0", image, Keep.ON_DEMAND, 9, null);
    site.scrubRate = 0;
    site.start();
    site.awaitReport("of the rule", r -> "c3".equals(r.cursor()));
    site.stop();
    site.scrubRate = 1L << 30;
  }

  @Test
  void whatIsNamedOnDemandComesAgainThoughNobodyAsks() throws Exception {
    onDemand();
    int sent = hub.sentLeaves.get();
    site.own.corrupt(leaf());

    site.start();

    awaitWhole(leaf());
    site.awaitReport("that it is here", r -> r.onDemand() != null && r.onDemand().images() == 1);
    assertThat(hub.sentLeaves.get()).isEqualTo(sent + 1);
  }

  @Test
  void whatIsNamedOnDemandAndHasNoRoomAnyMoreWaitsUntilSomebodyAsks() throws Exception {
    onDemand();
    site.own.corrupt(leaf());
    site.space = new Disk.Space(20, 100);

    site.start();

    site.awaitReport("of it", PulledSite::saysThatOneRotted);
    Eventually.await("it is gone", () -> !site.pinned(image));
    site.awaitHidden("1.0");
    assertThat(site.shown("other")).isPresent();
  }

  @Test
  void aPinOfSomebodyElseThatForbidsItIsNamed() throws Exception {
    Cid leaf = leaf();
    site.own.pin(leaf, "theirs", CALL, Deadline.after(CALL), PinProgress.NONE);
    site.own.corrupt(leaf());

    site.start();

    site.awaitReport(
        "that an operator is needed",
        r ->
            r.exceptions().stream()
                .anyMatch(
                    each ->
                        each.error() != null
                            && each.error().contains("a pin of somebody else holds it")
                            && each.error().contains("named \"theirs\"")
                            && each.error().contains("ipfs pin rm " + leaf)));
    Eventually.await("it is pinned again", () -> site.pinned(image));
    assertThat(site.shown("1.0")).contains(image.digest());
    assertThat(hub.reports.getLast().behind().images()).isZero();
  }

  @Test
  void aRoundGoesOnAfterARestartAndBeginsOnceADay() throws Exception {
    List<Cid> read = new ArrayList<>();
    try (SiteStore store = SiteStore.open(home.resolve("site/site.db"))) {
      int first = roundOf(store, read, 1);
      assertThat(read).isNotEmpty();
      assertThat(first).isEqualTo(1);
    }
    List<Cid> after = new ArrayList<>();
    try (SiteStore store = SiteStore.open(home.resolve("site/site.db"))) {
      assertThat(roundOf(store, after, 10)).isEqualTo(1);
      assertThat(new HashSet<>(after)).doesNotContain(read.getFirst());
      // The round is over, and the next one is due tomorrow.
      assertThat(roundOf(store, after, 10)).isZero();
    }
  }

  /** How many images it reads before it rests. */
  private int roundOf(SiteStore store, List<Cid> read, int most) throws Exception {
    SiteClock clock = new SiteClock(HubTwin.AT, HubTwin.AT, site.wall, () -> 0L);
    BlockScrub scrub =
        new BlockScrub(
            store,
            clock,
            cid -> {
              read.add(cid);
              return site.own.block(cid, Reach.LOCAL, Deadline.after(CALL)).bytes();
            },
            1L << 30,
            _ -> {},
            _ -> {});
    int images = 0;
    while (images < most && scrub.step().isZero()) {
      images++;
    }
    return images;
  }
}
