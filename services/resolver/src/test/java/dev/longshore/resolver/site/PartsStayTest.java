package dev.longshore.resolver.site;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.RemovalReason;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.node.PinProgress;
import dev.longshore.ipfs.reader.LeafOrder;
import dev.longshore.ipfs.reader.LeafOrder.Leaf;
import dev.longshore.model.Cid;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.Tag;
import dev.longshore.resolver.name.Selector;
import dev.longshore.resolver.testing.MirroredImage;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.sites.Keep;
import dev.longshore.sites.NameChange;
import dev.longshore.testing.RandomImage;
import dev.longshore.testing.RandomImageOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What came of an image over a thin line, while what another one left is collected. */
class PartsStayTest {
  private static final String HOLDS = "longshore:default:site-part";

  @TempDir private Path home;
  private HubTwin hub;
  private SiteBed site;
  private MirroredImage secret;
  private MirroredImage large;
  private NameChange change;

  @BeforeEach
  void hold() throws Exception {
    hub = new HubTwin();
    site = SiteBed.joined(home, hub);
    site.portions = new DagFetch.Portions(1 << 20, 64 << 10);
    secret = hub.image(1);
    large =
        MirroredImage.write(
            RandomImage.of(2, RandomImageOptions.small().withLayers(2, 1_600_000)), hub.centre);
    change = hub.push(SiteBed.REPOSITORY, "secret", secret);
    site.start();
    site.awaitShown("secret", secret);
    hub.cutBlocksAfter = 700_000;
  }

  @AfterEach
  void end() throws Exception {
    hub.close();
    site.close();
  }

  private Set<Cid> stored(MirroredImage image) {
    try {
      LeafOrder order = hub.order(image.dag());
      Set<Cid> all = new HashSet<>(order.nodes());
      order.leaves().stream().map(Leaf::cid).forEach(all::add);
      all.retainAll(site.own.storedBlocks());
      return all;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Nothing more of it comes. */
  private Set<Cid> cut() throws Exception {
    Eventually.await("some of it is here", () -> stored(large).size() > 3);
    hub.cutBlocksAfter = 0;
    Set<Cid> before = new HashSet<>();
    Eventually.await(
        "nothing is under way", () -> !before.addAll(stored(large)) && !before.isEmpty());
    assertThat(before).hasSizeLessThan(hub.order(large.dag()).leaves().size());
    return before;
  }

  private void forget(Set<Cid> before) throws Exception {
    hub.remove(change, RemovalReason.FORGOTTEN);
    Eventually.await(
        "its blocks are gone",
        () -> {
          Set<Cid> its = stored(secret);
          its.removeAll(before);
          return its.isEmpty();
        });
    Eventually.await("no pin holds", () -> !site.own.pinned().containsValue(HOLDS));
    assertThat(stored(large)).containsAll(before);
  }

  @Test
  void theCollectionOfWhatIsForgottenLeavesWhatIsKept() throws Exception {
    hub.push(SiteBed.REPOSITORY, "large", large);
    Set<Cid> before = cut();

    forget(before);

    hub.cutBlocksAfter = Integer.MAX_VALUE;
    site.awaitShown("large", large);
  }

  @Test
  void theCollectionOfWhatIsForgottenLeavesWhatWasAskedFor() throws Exception {
    hub.push(SiteBed.REPOSITORY, "large", large, Keep.ON_DEMAND, 0, null);
    Eventually.await("it is known", () -> "c2".equals(cursor()));
    site.service()
        .upstream()
        .names()
        .bring(
            RepositoryName.canonical(SiteBed.REPOSITORY),
            new Selector.ByTag(new Tag("large")),
            "a caller");
    Set<Cid> before = cut();
    hub.status = 404;
    site.awaitHidden("large");
    hub.status = 200;

    forget(before);
  }

  private String cursor() {
    return hub.reports.isEmpty() ? "" : String.valueOf(hub.reports.getLast().cursor());
  }

  @Test
  void whatAKilledProcessHeldIsLetGoOf() throws Exception {
    site.stop();
    Cid some = List.copyOf(stored(secret)).getFirst();
    site.own.pin(
        Cid.raw(some.digest()),
        HOLDS,
        Duration.ofSeconds(5),
        Deadline.after(Duration.ofSeconds(5)),
        PinProgress.NONE);

    site.start();

    Eventually.await("no pin holds", () -> !site.own.pinned().containsValue(HOLDS));
    assertThat(site.pinned(secret)).isTrue();
  }
}
