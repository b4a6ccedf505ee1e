package dev.longshore.resolver.site;

import static dev.longshore.resolver.site.PulledSite.blob;
import static dev.longshore.resolver.site.PulledSite.layer;
import static dev.longshore.resolver.site.PulledSite.manifest;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.resolver.testing.MirroredImage;
import dev.longshore.runtime.testing.Eventually;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients read an image while it comes over the line for them. */
class ReadWhileItComesTest {
  @TempDir private Path home;
  private final ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor();
  private PulledSite bed;
  private HubTwin hub;
  private SiteBed site;
  private MirroredImage image;

  @BeforeEach
  void name() throws Exception {
    bed = new PulledSite(home);
    hub = bed.hub;
    site = bed.site;
    image = bed.image(1);
    bed.offer("1.0", image);
    bed.start();
  }

  @AfterEach
  void end() throws Exception {
    clients.shutdownNow();
    bed.close();
  }

  @Test
  void manyClientsAreOneFetch() throws Exception {
    List<Future<HttpResponse<byte[]>>> all = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      all.add(
          clients.submit(
              () -> {
                assertThat(bed.resolver().get(manifest("1.0")).statusCode()).isEqualTo(200);
                return bed.resolver().get(blob(layer(image).getKey()));
              }));
    }

    for (Future<HttpResponse<byte[]>> one : all) {
      assertThat(one.get().body()).isEqualTo(layer(image).getValue());
    }
    bed.awaitHere(image);
    assertThat(hub.sentLeaves.get()).isEqualTo(hub.order(image.dag()).leaves().size());
    assertThat(hub.requests.stream().filter(r -> r.contains("/nodes"))).hasSize(1);
  }

  private HttpResponse<InputStream> open(HttpClient client, String... headers) throws Exception {
    var request = bed.resolver().request(blob(layer(image).getKey()));
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
  }

  @Test
  void theFirstBytesComeBeforeTheBlobIsWhole() throws Exception {
    hub.released = new CountDownLatch(1);
    hub.holdAfter = 700_000;
    hub.held = image.dag();
    // What describes the image comes first, and is small.
    assertThat(clients.submit(() -> bed.resolver().get(manifest("1.0"))).get().statusCode())
        .isEqualTo(200);

    try (HttpClient client = HttpClient.newHttpClient()) {
      InputStream body = open(client).body();
      byte[] first = body.readNBytes(100_000);
      assertThat(first).isEqualTo(Arrays.copyOf(layer(image).getValue(), 100_000));
      assertThat(site.pinned(image)).isFalse();

      hub.released.countDown();
      assertThat(body.readAllBytes()).hasSize(layer(image).getValue().length - 100_000);
    }
    bed.awaitHere(image);
  }

  @Test
  void aClientThatGoesAwayStopsNoOther() throws Exception {
    hub.released = new CountDownLatch(1);
    hub.holdAfter = 700_000;
    hub.held = image.dag();
    assertThat(bed.resolver().get(manifest("1.0")).statusCode()).isEqualTo(200);

    try (HttpClient stays = HttpClient.newHttpClient()) {
      HttpClient goes = HttpClient.newHttpClient();
      HttpResponse<InputStream> gone = open(goes);
      HttpResponse<InputStream> waits = open(stays);
      assertThat(gone.body().readNBytes(1_000)).hasSize(1_000);
      goes.shutdownNow();
      hub.released.countDown();

      assertThat(waits.body().readAllBytes()).isEqualTo(layer(image).getValue());
    }
    bed.awaitHere(image);
  }

  @Test
  void aRangeComesAheadOfTheRest() throws Exception {
    int length = layer(image).getValue().length;
    assertThat(bed.resolver().get(manifest("1.0")).statusCode()).isEqualTo(200);

    HttpResponse<byte[]> part =
        bed.resolver().get(blob(layer(image).getKey()), "Range", "bytes=" + (length - 100) + "-");

    assertThat(part.statusCode()).isEqualTo(206);
    assertThat(part.body())
        .isEqualTo(Arrays.copyOfRange(layer(image).getValue(), length - 100, length));
  }

  /** Who reads lazily soon reads elsewhere, and would wait for what is under way. */
  @Test
  void littleIsAskedForAtFirstAndMoreTheLongerItGoesOn() throws Exception {
    bed.stop();
    MirroredImage large = bed.image(2, 4 << 20);
    bed.offer("2.0", large);
    bed.start();
    assertThat(bed.resolver().get(manifest("2.0")).statusCode()).isEqualTo(200);

    bed.awaitHere(large);

    assertThat(hub.wantedLeaves).hasSizeGreaterThan(4);
    assertThat(hub.wantedLeaves.get(1)).isLessThan(3);
    assertThat(hub.wantedLeaves.subList(1, 4)).isSorted().last().isEqualTo(5);
  }

  @Test
  void aLineThatBreaksGoesOnWithWhatIsMissing() throws Exception {
    hub.cutBlocksAfter = 900_000;

    bed.pull("1.0", image);

    bed.awaitHere(image);
    assertThat(hub.requests.stream().filter(r -> r.contains("/leaves")).count()).isGreaterThan(2);
  }

  @Test
  void aLineThatHangsIsAskedAnew() throws Exception {
    bed.stop();
    site.stall = Duration.ofMillis(500);
    bed.start();
    hub.released = new CountDownLatch(1);
    hub.holdAfter = 700_000;
    hub.held = image.dag();
    assertThat(bed.resolver().get(manifest("1.0")).statusCode()).isEqualTo(200);
    Future<HttpResponse<byte[]>> layer =
        clients.submit(() -> bed.resolver().get(blob(layer(image).getKey())));
    Eventually.await("it hangs, and is asked for again", () -> bed.leafRequests(image) > 2);

    hub.held = null;

    assertThat(layer.get().body()).isEqualTo(layer(image).getValue());
    bed.awaitHere(image);
  }
}
