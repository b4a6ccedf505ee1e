package dev.longshore.resolver.site;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.events.RemovalReason;
import dev.longshore.ipfs.Block;
import dev.longshore.ipfs.car.CarReader;
import dev.longshore.model.Cid;
import dev.longshore.resolver.site.neighbor.NeighborSettings;
import dev.longshore.resolver.site.neighbor.NeighborTwin;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.sites.Keep;
import dev.longshore.sites.Leaves;
import dev.longshore.sites.NameChange;
import dev.longshore.sites.SiteJson;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a node gives to whom, over real HTTP. */
class NeighborAccessTest {
  @TempDir private Path folder;
  private SiteNodes site;

  @BeforeEach
  void open() throws Exception {
    site = new SiteNodes(folder);
  }

  @AfterEach
  void end() throws Exception {
    site.close();
  }

  @Test
  void aNeighborWithoutThisSitesSecretsGivesAndGetsNothing() throws Exception {
    SiteBed one = site.node("a");
    site.hub.neighborSecrets = List.of(SiteNodes.OTHER);
    SiteBed stranger = site.node("b");
    site.start();

    site.push(Keep.EVERY_NODE);

    site.awaitHere(one);
    site.awaitHere(stranger);
    assertThat(site.hub.sentLeaves.get()).isEqualTo(2 * site.leaves());
  }

  @Test
  void whatIsForgottenOrOfAnotherSiteIsNotGiven() throws Exception {
    SiteBed node = site.node("a");
    site.start();
    NameChange change = site.hub.push(SiteBed.REPOSITORY, "1.0", site.image);
    site.awaitHere(node);
    assertThat(status(node, "shop", site.image.dag())).isEqualTo(200);
    assertThat(status(node, "other", site.image.dag())).isEqualTo(404);
    assertThat(status(node, "shop", site.hub.image(2).dag())).as("of no rule").isEqualTo(404);

    site.hub.remove(change, RemovalReason.FORGOTTEN);
    node.awaitHidden("1.0");

    assertThat(status(node, "shop", site.image.dag())).isEqualTo(404);
  }

  /** It breaks off before, so that whoever asks loses nothing of what came. */
  @Test
  void aRottenBlockIsNotGiven() throws Exception {
    SiteBed rotten = site.node("a");
    site.start();
    site.push(Keep.EVERY_NODE);
    site.awaitHere(rotten);
    rotten.own.corrupt(site.hub.order(site.image.dag()).leaves().getLast().cid());
    assertThat(whole(rotten, site.leaves() - 2)).isTrue();
    assertThat(whole(rotten, site.leaves() - 1)).as("the giver hashes it").isFalse();

    SiteBed other = site.node("b");
    other.neighbors = new NeighborSettings(other.neighbors.listen(), site.addresses);
    other.start();

    site.awaitHere(other);
    assertThat(site.hub.sentLeaves.get())
        .isBetween(site.leaves() + 1, site.leaves() + site.leaves() / 2);
  }

  @Test
  void whoShowsNoCertificateOfTheSiteGetsNoConnection() throws Exception {
    SiteBed node = site.node("a");
    site.start();
    site.push(Keep.EVERY_NODE);
    site.awaitHere(node);

    assertThatThrownBy(
            () ->
                status(
                    NeighborTwin.anonymous(folder.resolve("x"), List.of(SiteNodes.SECRET)), node))
        .isInstanceOf(IOException.class);
    assertThatThrownBy(
            () -> status(NeighborTwin.tls(folder.resolve("y"), List.of(SiteNodes.OTHER)), node))
        .isInstanceOf(IOException.class);
    assertThat(status(NeighborTwin.tls(folder.resolve("z"), List.of(SiteNodes.SECRET)), node))
        .isEqualTo(200);
  }

  /** A neighbor that waits knows from that that this node works on it. */
  @Test
  void anAnswerBeginsBeforeTheHubSendsAnything() throws Exception {
    SiteBed node = site.node("a");
    site.hub.holdAfter = 0;
    site.hub.released = new CountDownLatch(1);
    site.hub.held = site.image.dag();
    site.push(Keep.ON_DEMAND);
    site.start();
    SSLContext tls = NeighborTwin.tls(folder.resolve("caller"), List.of(SiteNodes.SECRET));
    try (HttpClient client = HttpClient.newBuilder().sslContext(tls).build()) {
      HttpResponse<InputStream> answer =
          client.send(
              HttpRequest.newBuilder(nodes(node, "shop", site.image.dag())).build(),
              HttpResponse.BodyHandlers.ofInputStream());
      assertThat(answer.statusCode()).isEqualTo(200);
      Eventually.await(
          "the hub is asked",
          () -> site.hub.requests.stream().anyMatch(each -> each.contains("/nodes")));

      site.hub.released.countDown();

      CarReader car = new CarReader(new BufferedInputStream(answer.body()));
      List<Cid> came = new ArrayList<>();
      for (Block block = car.next(); block != null; block = car.next()) {
        came.add(block.cid());
      }
      assertThat(came).isEqualTo(site.hub.order(site.image.dag()).nodes());
    }
  }

  private static URI nodes(SiteBed node, String name, Cid dag) {
    return URI.create(
        "https://%s/v1/sites/%s/dags/%s/nodes".formatted(node.neighbors.listen(), name, dag));
  }

  private int status(SSLContext tls, SiteBed node) throws Exception {
    return status(tls, node, "shop", site.image.dag());
  }

  private int status(SiteBed node, String site, Cid dag) throws Exception {
    return status(
        NeighborTwin.tls(folder.resolve("caller"), List.of(SiteNodes.SECRET)), node, site, dag);
  }

  /** Whether a leaf is given to its end. */
  private boolean whole(SiteBed node, int leaf) throws Exception {
    SSLContext tls = NeighborTwin.tls(folder.resolve("caller"), List.of(SiteNodes.SECRET));
    try (HttpClient client = HttpClient.newBuilder().sslContext(tls).build()) {
      URI address =
          URI.create(
              "https://%s/v1/sites/shop/dags/%s/leaves"
                  .formatted(node.neighbors.listen(), site.image.dag()));
      byte[] asked = SiteJson.write(new Leaves(List.of(new Leaves.Range(leaf, leaf))));
      HttpRequest request =
          HttpRequest.newBuilder(address)
              .POST(HttpRequest.BodyPublishers.ofByteArray(asked))
              .build();
      return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  private static int status(SSLContext tls, SiteBed node, String site, Cid dag) throws Exception {
    try (HttpClient client = HttpClient.newBuilder().sslContext(tls).build()) {
      return client
          .send(
              HttpRequest.newBuilder(nodes(node, site, dag)).build(),
              HttpResponse.BodyHandlers.discarding())
          .statusCode();
    }
  }
}
