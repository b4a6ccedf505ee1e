package dev.longshore.resolver.site;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.model.ImageDag;
import dev.longshore.resolver.site.DemandPlaces.Asker;
import dev.longshore.resolver.site.neighbor.NeighborTwin;
import dev.longshore.resolver.testing.MirroredImage;
import dev.longshore.resolver.testing.RunningResolver;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.sites.Keep;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A neighbor that has many images brought at once, and somebody who pulls. */
class GreedyNeighborTest {
  private static final int MANY = 8;

  @TempDir private Path folder;
  private SiteNodes site;
  private SiteBed node;

  @BeforeEach
  void open() throws Exception {
    site = new SiteNodes(folder);
    node = site.node("a");
  }

  @AfterEach
  void end() throws Exception {
    site.hub.released.countDown();
    site.close();
  }

  private long coming(List<MirroredImage> images) {
    return images.stream()
        .filter(
            image ->
                site.hub.requests.stream()
                    .anyMatch(each -> each.endsWith("/dags/" + image.dag() + "/leaves")))
        .count();
  }

  @Test
  void leavesAPlaceToWhoPulls() throws Exception {
    List<MirroredImage> wanted = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      MirroredImage image = site.hub.image(i + 10);
      site.hub.push(SiteBed.REPOSITORY, "n" + i, image, Keep.ON_DEMAND, 0, null);
      wanted.add(image);
    }
    site.push(Keep.ON_DEMAND);
    site.start();
    node.awaitReport("of all", r -> ("c" + (MANY + 1)).equals(r.cursor()));
    RunningResolver resolver = site.resolver(node);
    site.hub.released = new CountDownLatch(1);
    site.hub.waits = dag -> !dag.equals(site.image.dag());
    try (HttpClient greedy =
        HttpClient.newBuilder()
            .sslContext(NeighborTwin.tls(folder.resolve("greedy"), List.of(SiteNodes.SECRET)))
            .build()) {
      for (MirroredImage image : wanted) {
        URI nodes =
            URI.create(
                "https://%s/v1/sites/%s/dags/%s/nodes"
                    .formatted(node.neighbors.listen(), HubTwin.SITE, image.dag()));
        var _ = greedy.sendAsync(HttpRequest.newBuilder(nodes).build(), BodyHandlers.discarding());
      }
      try {
        Eventually.await("it has its share", () -> coming(wanted) >= 4);

        site.pull(resolver);

        assertThat(coming(wanted)).isEqualTo(4);
      } finally {
        site.hub.released.countDown();
        greedy.shutdownNow();
      }
    }
  }

  @Test
  void neighborsTogetherLeaveAPlaceToWhoPullsAndWhoPullsToOthers() {
    DemandPlaces places = new DemandPlaces();
    List<Asker> got = new ArrayList<>();
    for (String address : List.of("10.0.0.1", "10.0.0.2", "10.0.0.3")) {
      for (int i = 0; i < MANY; i++) {
        Asker asker = new Asker.Neighbor(address);
        if (places.take(asker)) {
          got.add(asker);
        }
      }
    }
    assertThat(got).hasSize(5);
    assertThat(got).filteredOn(new Asker.Neighbor("10.0.0.1")::equals).hasSize(4);
    assertThat(places.take(new Asker.Client("one"))).isTrue();
    assertThat(places.take(new Asker.Client("other"))).isFalse();

    got.forEach(places::giveBack);
    Asker again = new Asker.Neighbor("10.0.0.3");
    assertThat(places.take(again)).isTrue();
    places.giveBack(again);
    for (int i = 0; i < 3; i++) {
      assertThat(places.take(new Asker.Client("one"))).isTrue();
    }
    assertThat(places.take(new Asker.Client("one"))).as("a fifth").isFalse();
    assertThat(places.take(new Asker.Client("other"))).isTrue();
  }

  @Test
  void twoWhoAskForManyLeaveAPlaceToAThird() {
    DemandPlaces places = new DemandPlaces();
    Asker one = new Asker.Client("one");
    Asker other = new Asker.Client("other");
    for (int i = 0; i < MANY; i++) {
      boolean _ = places.take(one);
      boolean _ = places.take(other);
    }

    Asker third = new Asker.Client("third");
    assertThat(places.take(third)).isTrue();
    assertThat(places.take(third)).isFalse();

    places.giveBack(one);
    assertThat(places.take(other)).as("it has some already").isFalse();
    assertThat(places.take(new Asker.Client("fourth"))).isTrue();
  }

  @Test
  void whatHasEndedGivesItsPlaceBack() throws Exception {
    RequestedDags coming = new RequestedDags(() -> null, System::nanoTime, () -> {});
    for (Asker asker : List.of(new Asker.Client("one"), new Asker.Neighbor("10.0.0.1"))) {
      for (int i = 0; i < MANY; i++) {
        ImageDag dag = new ImageDag(site.hub.image(i).dag());

        var _ =
            coming.join(
                dag, asker, told -> new Demand(dag, null, Duration.ZERO, told), begun -> {});

        assertThat(coming.fetches(dag)).isTrue();
        coming.ended(dag, asker);
      }
    }
  }
}
