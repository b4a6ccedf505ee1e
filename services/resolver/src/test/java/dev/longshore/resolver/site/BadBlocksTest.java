package dev.longshore.resolver.site;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.catalog.Catalog;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.node.Fault;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.ipfs.node.Reach;
import dev.longshore.ipfs.reader.LeafOrder;
import dev.longshore.model.Cid;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which images have a bad block, and how they lose it. */
class BadBlocksTest {
  private static final Duration CALL = Duration.ofSeconds(10);

  @TempDir private Path home;
  private final AtomicLong now = new AtomicLong();
  private final AtomicInteger told = new AtomicInteger();
  private final List<Cid> read = new ArrayList<>();
  private HubTwin hub;
  private SiteBed site;
  private MirroredImage image;
  private MirroredImage other;
  private SiteStore store;
  private Catalog catalog;
  private BadBlocks bad;
  private boolean away;

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
    SiteClock clock = new SiteClock(HubTwin.AT, HubTwin.AT, site.wall, () -> 0L);
    bad =
        new BadBlocks(
            new KeptDags(store, clock),
            new RottedDags(store, clock),
            new ServedNames(store, catalog, clock, null),
            site.own,
            this::read,
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
}
