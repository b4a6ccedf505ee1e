package dev.longshore.resolver.site;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.catalog.Catalog;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.node.Fault;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.ipfs.node.PinProgress;
import dev.longshore.ipfs.node.Reach;
import dev.longshore.ipfs.reader.LeafOrder;
import dev.longshore.model.Cid;
import dev.longshore.model.ImageDag;
import dev.longshore.resolver.testing.MirroredImage;
import io.opentelemetry.api.OpenTelemetry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which images have a bad block, and how they lose it. */
class BadBlocksTest {
  private static final Duration CALL = Duration.ofSeconds(10);

  @TempDir private Path home;
  private final AtomicLong now = new AtomicLong();
  private final AtomicLong passed = new AtomicLong();
  private final AtomicInteger told = new AtomicInteger();
  private final List<Cid> read = new ArrayList<>();
  private final FreshBlocks fresh = new FreshBlocks();
  private HubTwin hub;
  private SiteBed site;
  private MirroredImage image;
  private MirroredImage other;
  private SiteStore store;
  private Catalog catalog;
  private BadBlocks bad;
  private boolean away;
  private @Nullable KuboException unpinned;

  @BeforeEach
  void keep() throws Exception {
    hub = new HubTwin();
    site = SiteBed.joined(home, hub);
    image = hub.image(1);
    other = hub.image(2);
    hub.push(SiteBed.REPOSITORY, "1.0", image);
    hub.push(SiteBed.REPOSITORY, "other", other);
    site.start();
    site.awaitReport("of both", r -> r.present().images() == 2);
    site.stop();
    store = SiteStore.open(home.resolve("site/site.db"));
    catalog = Catalog.open(home.resolve("stores/site/catalog.db"), site.wall);
    SiteClock clock = new SiteClock(HubTwin.AT, HubTwin.AT, site.wall, passed::get);
    bad =
        new BadBlocks(
            new KeptDags(store, clock),
            new RottedDags(store, clock),
            new PinnedRot(store, clock),
            new ServedNames(store, catalog, clock, null),
            site.own,
            this::read,
            fresh,
            this::pin,
            "",
            new SiteTelemetry(OpenTelemetry.noop(), store),
            now::get,
            told::incrementAndGet);
  }

  @AfterEach
  void end() throws Exception {
    store.close();
    catalog.close();
    hub.close();
    site.close();
  }

  private byte[] read(Cid cid) throws IOException {
    read.add(cid);
    now.addAndGet(Duration.ofSeconds(1).toNanos());
    if (away) {
      throw new KuboException(Fault.UNREACHABLE, "own", "read", 0, "it is away", null);
    }
    return site.own.block(cid, Reach.LOCAL, Deadline.after(CALL)).bytes();
  }

  private void pin(ImageDag dag) throws IOException {
    if (unpinned != null) {
      throw unpinned;
    }
    site.own.pin(dag.cid(), "again", CALL, Deadline.after(CALL), PinProgress.NONE);
  }

  private Cid ownLeaf() throws IOException {
    return hub.order(image.dag()).leaves().stream()
        .max(Comparator.comparingLong(LeafOrder.Leaf::bytes))
        .orElseThrow()
        .cid();
  }

  private Cid sharedLeaf() throws IOException {
    List<LeafOrder.Leaf> others = hub.order(other.dag()).leaves();
    return hub.order(image.dag()).leaves().stream()
        .map(LeafOrder.Leaf::cid)
        .filter(cid -> others.stream().anyMatch(leaf -> leaf.cid().equals(cid)))
        .findFirst()
        .orElseThrow();
  }

  private void present(MirroredImage which, int present) {
    store.write(
        session ->
            session.update(
                "UPDATE dags SET present = ? WHERE dag = ?", present, which.dag().toString()));
  }

  @Test
  void takingOutLooksAtNoOtherImage() throws Exception {
    site.own.corrupt(ownLeaf());
    bad.found(ownLeaf());
    assertThat(bad.areLocated()).isFalse();

    bad.search();

    assertThat(read).contains(other.dag());
    assertThat(bad.areLocated()).isTrue();
    assertThat(told).hasValue(1);
    read.clear();
    bad.takeOut();
    assertThat(read).containsExactly(ownLeaf());
    assertThat(site.pinned(image)).isFalse();
    assertThat(site.pinned(other)).isTrue();
    assertThat(bad.areLocated()).isFalse();
  }

  @Test
  void anImageThatCameSinceLosesItToo() throws Exception {
    site.own.corrupt(sharedLeaf());
    bad.found(sharedLeaf());
    present(other, 0);
    bad.search();
    present(other, 1);

    bad.takeOut();

    assertThat(site.pinned(image)).isFalse();
    assertThat(site.pinned(other)).isFalse();
  }

  @Test
  void whatIsWholeAgainStays() throws Exception {
    bad.found(ownLeaf());
    bad.search();

    bad.takeOut();

    assertThat(site.pinned(image)).isTrue();
    assertThat(bad.areLocated()).isFalse();
  }

  @Test
  void aNodeThatIsAwayLosesNothingOfIt() throws Exception {
    site.own.corrupt(ownLeaf());
    bad.found(ownLeaf());
    away = true;
    assertThatThrownBy(bad::search).isInstanceOf(KuboException.class);
    away = false;
    now.addAndGet(Duration.ofHours(1).toNanos());
    bad.search();
    away = true;
    bad.takeOut();
    assertThat(site.pinned(image)).isTrue();
    away = false;
    now.addAndGet(Duration.ofHours(1).toNanos());
    bad.search();

    bad.takeOut();

    assertThat(site.pinned(image)).isFalse();
  }

  @Test
  void aDiskThatFailsAltogetherIsNotSearchedAllTheTime() throws Exception {
    bad.found(ownLeaf());
    bad.search();
    long took = now.get();
    bad.takeOut();
    bad.found(ownLeaf());
    read.clear();

    bad.search();
    assertThat(read).isEmpty();

    now.addAndGet(4 * took);
    bad.search();
    assertThat(bad.areLocated()).isTrue();
  }

  private boolean isHere(MirroredImage which) {
    return !store
        .query(
            "SELECT 1 FROM dags WHERE present = 1 AND dag = ?", row -> true, which.dag().toString())
        .isEmpty();
  }

  private void rot(Cid cid) {
    site.own.corrupt(cid);
    bad.found(cid);
  }

  private void comeAgain(Cid cid) throws IOException {
    assertThat(fresh.keep(hub.centre.block(cid, Reach.LOCAL, Deadline.after(CALL)))).isTrue();
  }

  @Test
  void whatCameAgainTakesItsPlaceAndTheImageStays() throws Exception {
    rot(ownLeaf());
    comeAgain(ownLeaf());
    bad.search();

    bad.takeOut();
    bad.pinAgain();

    assertThat(site.own.block(ownLeaf(), Reach.LOCAL, Deadline.after(CALL)).size()).isPositive();
    assertThat(site.own.pinned()).containsEntry(image.dag(), "again");
    assertThat(isHere(image)).isTrue();
    assertThat(fresh.of(ownLeaf())).isEmpty();
  }

  @Test
  void anImageOfWhichOnlyAPartCameAgainIsAbsent() throws Exception {
    rot(ownLeaf());
    rot(sharedLeaf());
    comeAgain(ownLeaf());
    bad.search();

    bad.takeOut();
    bad.pinAgain();

    assertThat(isHere(image)).isFalse();
    assertThat(site.pinned(image)).isFalse();
  }

  @Test
  void whatSomebodyElsePinsStaysBadUntilThatPinIsGoneAndItsImageStays() throws Exception {
    Cid leaf = ownLeaf();
    site.own.pin(leaf, "theirs", CALL, Deadline.after(CALL), PinProgress.NONE);
    rot(leaf);
    comeAgain(leaf);
    bad.search();
    bad.takeOut();
    bad.pinAgain();

    assertThat(isHere(image)).isTrue();
    assertThat(site.pinned(image)).isTrue();
    assertThat(PinnedRot.said(store))
        .hasValueSatisfying(said -> assertThat(said).contains("theirs", leaf.toString()));
    assertThat(bad.stays(leaf)).isTrue();

    now.addAndGet(Duration.ofHours(2).toNanos());
    bad.found(leaf);
    bad.search();
    assertThat(bad.areLocated()).as("it is not tried again and again").isFalse();

    passed.addAndGet(Duration.ofHours(1).toNanos());
    boolean _ = site.own.unpin(leaf, "theirs", Deadline.after(CALL));
    assertThat(bad.stays(leaf)).isFalse();
    bad.found(leaf);
    comeAgain(leaf);
    bad.search();
    bad.takeOut();
    bad.pinAgain();

    assertThat(PinnedRot.said(store)).isEmpty();
    assertThat(isHere(image)).isTrue();
    assertThat(site.own.block(leaf, Reach.LOCAL, Deadline.after(CALL)).size()).isPositive();
  }

  @Test
  void whatIsMissingComesAgainWhoeverPinsIt() throws Exception {
    Cid leaf = ownLeaf();
    site.own.pin(leaf, "theirs", CALL, Deadline.after(CALL), PinProgress.NONE);
    site.own.lose(leaf);
    bad.found(leaf);
    bad.search();

    bad.takeOut();

    assertThat(PinnedRot.said(store)).isEmpty();
    assertThat(isHere(image)).isFalse();
  }

  @Test
  void whatCannotBePinnedAgainNowIsPinnedLater() throws Exception {
    rot(ownLeaf());
    comeAgain(ownLeaf());
    bad.search();
    bad.takeOut();
    unpinned = new KuboException(Fault.UNREACHABLE, "own", "pin", 0, "it is away", null);
    assertThatThrownBy(bad::pinAgain).isSameAs(unpinned);

    unpinned = null;
    bad.pinAgain();

    assertThat(site.pinned(image)).isTrue();
    assertThat(isHere(image)).isTrue();
  }

  @Test
  void whatIsNotWholeAllTheSameComesAgain() throws Exception {
    rot(ownLeaf());
    comeAgain(ownLeaf());
    bad.search();
    bad.takeOut();
    unpinned = new KuboException(Fault.FAILED, "own", "verify", 0, "a block is gone", null);

    bad.pinAgain();

    assertThat(isHere(image)).isFalse();
  }

  @Test
  void whatCannotBePinnedOnAFullDiskHoldsNothingUp() throws Exception {
    rot(ownLeaf());
    comeAgain(ownLeaf());
    bad.search();
    bad.takeOut();
    unpinned = new KuboException(Fault.FULL, "own", "pin", 0, "no space left on device", null);

    bad.pinAgain();

    assertThat(isHere(image)).isFalse();
  }

  @Test
  void aSearchThatFailsIsNotMadeAgainAtOnce() throws Exception {
    bad.found(ownLeaf());
    away = true;
    assertThatThrownBy(bad::search).isInstanceOf(KuboException.class);
    read.clear();

    bad.search();

    assertThat(read).isEmpty();
  }
}
