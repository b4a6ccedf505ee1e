package dev.longshore.resolver.site;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.ipfs.reader.LeafOrder.Leaf;
import dev.longshore.model.Cid;
import dev.longshore.resolver.testing.MirroredImage;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.sites.Keep;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A pull meets a block that rotted on the site's disk, and nothing reads the disk by itself. */
class RotMetByPullTest {

  @TempDir private Path home;
  private PulledSite bed;
  private HubTwin hub;
  private SiteBed site;
  private MirroredImage image;
  private int sent;

  /** One in the middle of the layer. */
  private Cid leaf;

  @BeforeEach
  void keep() throws Exception {
    bed = new PulledSite(home);
    hub = bed.hub;
    site = bed.site;
    image = bed.image(1);
    hub.push(SiteBed.REPOSITORY, "1.0", image);
    hub.push(SiteBed.REPOSITORY, "other", hub.image(2));
    site.scrubRate = 0;
    site.start();
    site.awaitReport("of both", r -> r.present().images() == 2);
    bed.serve();
    sent = hub.sentLeaves.get();
    List<Leaf> leaves = hub.order(image.dag()).leaves();
    long most = leaves.stream().mapToLong(Leaf::bytes).max().orElseThrow();
    leaf =
        leaves.stream()
            .filter(each -> each.bytes() == most)
            .skip(2)
            .findFirst()
            .orElseThrow()
            .cid();
  }

  @AfterEach
  void end() throws Exception {
    bed.close();
  }

  private Map.Entry<String, byte[]> layer() {
    return PulledSite.layer(image);
  }

  private HttpResponse<byte[]> pullLayer(String... headers) throws Exception {
    return bed.resolver().get(PulledSite.blob(layer().getKey()), headers);
  }

  private void pullAll() throws Exception {
    bed.pull("1.0", image);
  }

  /** The image was there all the time, and is whole by itself. */
  private void awaitReplaced(Cid cid) throws Exception {
    Eventually.await("it is replaced", () -> PulledSite.isWhole(site, cid) && site.pinned(image));
    assertThat(site.awaitReport("of it", PulledSite::saysThatOneRotted).present().images())
        .isEqualTo(2);
    assertThat(hub.reports)
        .allMatch(report -> report.behind().images() == 0 || !PulledSite.saysThatOneRotted(report));
    hub.status = 503;
    pullAll();
  }

  @Test
  void aRottenLeafComesAgainInTheMiddleOfTheBlob() throws Exception {
    site.own.corrupt(leaf);

    assertThat(pullLayer().body()).isEqualTo(layer().getValue());

    awaitReplaced(leaf);
    assertThat(hub.sentLeaves.get()).isEqualTo(sent + 1);
  }

  @Test
  void aMissingLeafComesAgainInTheMiddleOfTheBlob() throws Exception {
    site.own.lose(leaf);

    assertThat(pullLayer().body()).isEqualTo(layer().getValue());

    awaitReplaced(leaf);
    assertThat(hub.sentLeaves.get()).isEqualTo(sent + 1);
  }

  @Test
  void aRottenInnerNodeComesAgain() throws Exception {
    Cid node = hub.order(image.dag()).nodes().getLast();
    site.own.corrupt(node);

    pullAll();

    awaitReplaced(node);
    assertThat(hub.sentLeaves.get()).isEqualTo(sent);
  }

  @Test
  void aPartOfABlobIsMendedToo() throws Exception {
    site.own.corrupt(leaf);

    HttpResponse<byte[]> part = pullLayer("Range", "bytes=100-");

    assertThat(part.statusCode()).isEqualTo(206);
    assertThat(part.body())
        .isEqualTo(Arrays.copyOfRange(layer().getValue(), 100, layer().getValue().length));
    awaitReplaced(leaf);
  }

  @Test
  void manyPullsAreOneRequest() throws Exception {
    site.own.corrupt(leaf);
    List<Future<HttpResponse<byte[]>>> all = new ArrayList<>();
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 10; i++) {
        all.add(clients.submit(() -> pullLayer()));
      }
      for (Future<HttpResponse<byte[]>> one : all) {
        assertThat(one.get().body()).isEqualTo(layer().getValue());
      }
    }

    awaitReplaced(leaf);
    assertThat(hub.sentLeaves.get()).isEqualTo(sent + 1);
  }

  @Test
  void withoutItsHubItSaysSoAndTheNextPullGetsIt() throws Exception {
    Cid first = hub.order(image.dag()).nodes().getLast();
    site.own.corrupt(first);
    site.own.corrupt(leaf);
    hub.status = 503;

    HttpResponse<byte[]> answer = pullLayer();

    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(new String(answer.body(), StandardCharsets.UTF_8))
        .contains("rotten or missing on this node's disk", "HTTP 503");
    assertThat(site.shown("1.0")).contains(image.digest());
    hub.status = 200;
    assertThat(pullLayer().body()).isEqualTo(layer().getValue());
    Eventually.await(
        "both are replaced",
        () -> PulledSite.isWhole(site, first) && PulledSite.isWhole(site, leaf));
  }

  private void rotAllLeaves() throws IOException {
    hub.order(image.dag()).leaves().stream().map(Leaf::cid).distinct().forEach(site.own::corrupt);
  }

  @Test
  void manyRottenBlocksAreNotAskedForAllAtOnce() throws Exception {
    rotAllLeaves();
    hub.mostAtOnce = 3;

    pullAll();
  }

  @Test
  void whichBlocksAnImageHasComesOnceForAllThatRotted() throws Exception {
    // While another one is on its way, nothing is replaced.
    MirroredImage slow = hub.image(3);
    hub.released = new CountDownLatch(1);
    hub.waits = slow.dag()::equals;
    hub.push(SiteBed.REPOSITORY, "slow", slow, Keep.ON_DEMAND, 0, null);
    site.awaitReport("of its name", r -> "c3".equals(r.cursor()));
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      var _ = clients.submit(() -> bed.resolver().get(PulledSite.manifest("slow")));
      Eventually.await("it is on its way", () -> isAsked(slow.dag() + "/leaves"));
      rotAllLeaves();
      site.own.corrupt(hub.order(image.dag()).nodes().getLast());

      pullAll();
    } finally {
      hub.released.countDown();
    }

    assertThat(hub.requests).filteredOn(each -> each.endsWith(image.dag() + "/nodes")).hasSize(2);
  }

  private boolean isAsked(String what) {
    return hub.requests.stream().anyMatch(each -> each.endsWith(what));
  }

  @Test
  void aHubThatBreaksOffInTheMiddleOfABlockIsNotAskedAgain() throws Exception {
    try (HubTwin next = new HubTwin()) {
      next.keys = hub.keys;
      MirroredImage.write(image.image(), next.centre);
      bed.stop();
      site.hubs = List.of(hub.address(), next.address());
      site.start();
      bed.serve();
      hub.cutBlocksAfter = 10_000;
      site.own.corrupt(leaf);

      Eventually.await("the next one gives it", this::isLayerPulled);

      assertThat(next.sentLeaves).hasValue(1);
    }
  }

  private boolean isLayerPulled() {
    try {
      return Arrays.equals(pullLayer().body(), layer().getValue());
    } catch (Exception e) {
      return false;
    }
  }
}
