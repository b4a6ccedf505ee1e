package dev.longshore.resolver.site;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.resolver.testing.MirroredImage;
import dev.longshore.resolver.testing.RunningResolver;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.sites.Keep;
import dev.longshore.testing.RandomImage;
import dev.longshore.testing.RandomImageOptions;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
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

/** Clients read an image while it comes over the line for them. */
class ReadWhileItComesTest {
  private static final int LAYER = 1_600_000;

  @TempDir private Path home;
  private final ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor();
  private HubTwin hub;
  private SiteBed site;
  private RunningResolver resolver;
  private MirroredImage image;

  @BeforeEach
  void name() throws Exception {
    hub = new HubTwin();
    site = SiteBed.joined(home, hub);
    image = image(1);
    hub.push(SiteBed.REPOSITORY, "1.0", image, Keep.ON_DEMAND, 0, null);
    start();
  }

  private MirroredImage image(long seed) throws Exception {
    return image(seed, LAYER);
  }

  private MirroredImage image(long seed, int layer) throws Exception {
    return MirroredImage.write(
        RandomImage.of(seed, RandomImageOptions.small().withLayers(1, layer)), hub.centre);
  }

  private void start() throws Exception {
    site.start();
    Eventually.await("it follows", this::follows);
    resolver = RunningResolver.ofSite(home, site.catalog(), site.own, site.service().upstream(), 0);
  }

  private boolean follows() {
    hub.poke();
    return site.service().source().problem().isEmpty();
  }

  private void stop() throws Exception {
    resolver.close();
    site.stop();
  }

  @AfterEach
  void end() throws Exception {
    hub.released.countDown();
    clients.shutdownNow();
    resolver.close();
    hub.close();
    site.close();
  }

  private static String manifest(Object reference) {
    return "/v2/" + SiteBed.REPOSITORY + "/manifests/" + reference;
  }

  private static String blob(String digest) {
    return "/v2/" + SiteBed.REPOSITORY + "/blobs/" + digest;
  }

  private static Map.Entry<String, byte[]> layer(MirroredImage of) {
    return of.image().blobs().entrySet().stream()
        .max(Comparator.comparingInt(each -> each.getValue().length))
        .orElseThrow();
  }

  private void pull(Object reference, MirroredImage expected) throws Exception {
    assertThat(resolver.get(manifest(reference)).body()).isEqualTo(expected.image().root().body());
    for (Map.Entry<String, byte[]> each : expected.image().blobs().entrySet()) {
      assertThat(resolver.get(blob(each.getKey())).body()).isEqualTo(each.getValue());
    }
  }

  private void awaitHere(MirroredImage which) {
    Eventually.await("it is here whole", () -> site.pinned(which));
  }

  @Test
  void manyClientsAreOneFetch() throws Exception {
    List<Future<HttpResponse<byte[]>>> all = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      all.add(
          clients.submit(
              () -> {
                assertThat(resolver.get(manifest("1.0")).statusCode()).isEqualTo(200);
                return resolver.get(blob(layer(image).getKey()));
              }));
    }

    for (Future<HttpResponse<byte[]>> one : all) {
      assertThat(one.get().body()).isEqualTo(layer(image).getValue());
    }
    awaitHere(image);
    assertThat(hub.sentLeaves.get()).isEqualTo(hub.order(image.dag()).leaves().size());
    assertThat(hub.requests.stream().filter(r -> r.contains("/nodes"))).hasSize(1);
  }

  private HttpResponse<InputStream> open(HttpClient client, String... headers) throws Exception {
    var request = resolver.request(blob(layer(image).getKey()));
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
    assertThat(clients.submit(() -> resolver.get(manifest("1.0"))).get().statusCode())
        .isEqualTo(200);

    try (HttpClient client = HttpClient.newHttpClient()) {
      InputStream body = open(client).body();
      byte[] first = body.readNBytes(100_000);
      assertThat(first).isEqualTo(Arrays.copyOf(layer(image).getValue(), 100_000));
      assertThat(site.pinned(image)).isFalse();

      hub.released.countDown();
      assertThat(body.readAllBytes()).hasSize(layer(image).getValue().length - 100_000);
    }
    awaitHere(image);
  }

  @Test
  void aClientThatGoesAwayStopsNoOther() throws Exception {
    hub.released = new CountDownLatch(1);
    hub.holdAfter = 700_000;
    hub.held = image.dag();
    assertThat(resolver.get(manifest("1.0")).statusCode()).isEqualTo(200);

    try (HttpClient stays = HttpClient.newHttpClient()) {
      HttpClient goes = HttpClient.newHttpClient();
      HttpResponse<InputStream> gone = open(goes);
      HttpResponse<InputStream> waits = open(stays);
      assertThat(gone.body().readNBytes(1_000)).hasSize(1_000);
      goes.shutdownNow();
      hub.released.countDown();

      assertThat(waits.body().readAllBytes()).isEqualTo(layer(image).getValue());
    }
    awaitHere(image);
  }

  @Test
  void aRangeComesAheadOfTheRest() throws Exception {
    int length = layer(image).getValue().length;
    assertThat(resolver.get(manifest("1.0")).statusCode()).isEqualTo(200);

    HttpResponse<byte[]> part =
        resolver.get(blob(layer(image).getKey()), "Range", "bytes=" + (length - 100) + "-");

    assertThat(part.statusCode()).isEqualTo(206);
    assertThat(part.body())
        .isEqualTo(Arrays.copyOfRange(layer(image).getValue(), length - 100, length));
  }

  /** Who reads lazily soon reads elsewhere, and would wait for what is under way. */
  @Test
  void littleIsAskedForAtFirstAndMoreTheLongerItGoesOn() throws Exception {
    stop();
    MirroredImage large = image(2, 4 << 20);
    hub.push(SiteBed.REPOSITORY, "2.0", large, Keep.ON_DEMAND, 0, null);
    start();
    assertThat(resolver.get(manifest("2.0")).statusCode()).isEqualTo(200);

    awaitHere(large);

    assertThat(hub.wantedLeaves).hasSizeGreaterThan(4);
    assertThat(hub.wantedLeaves.get(1)).isLessThan(3);
    assertThat(hub.wantedLeaves.subList(1, 4)).isSorted().last().isEqualTo(5);
  }

  @Test
  void aLineThatBreaksGoesOnWithWhatIsMissing() throws Exception {
    hub.cutBlocksAfter = 900_000;

    pull("1.0", image);

    awaitHere(image);
    assertThat(hub.requests.stream().filter(r -> r.contains("/leaves")).count()).isGreaterThan(2);
  }

  @Test
  void aLineThatHangsIsAskedAnew() throws Exception {
    stop();
    site.stall = Duration.ofMillis(500);
    start();
    hub.released = new CountDownLatch(1);
    hub.holdAfter = 700_000;
    hub.held = image.dag();
    assertThat(resolver.get(manifest("1.0")).statusCode()).isEqualTo(200);
    Future<HttpResponse<byte[]>> layer =
        clients.submit(() -> resolver.get(blob(layer(image).getKey())));
    Eventually.await("it hangs, and is asked for again", () -> leafRequests(image) > 2);

    hub.held = null;

    assertThat(layer.get().body()).isEqualTo(layer(image).getValue());
    awaitHere(image);
  }

  private long leafRequests(MirroredImage of) {
    return hub.requests.stream()
        .filter(r -> r.contains(of.dag().toString()) && r.contains("/leaves"))
        .count();
  }
}
