package dev.longshore.resolver.site;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.RemovalReason;
import dev.longshore.resolver.testing.MirroredImage;
import dev.longshore.resolver.testing.RunningResolver;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.sites.Change;
import dev.longshore.sites.Group;
import dev.longshore.sites.Keep;
import dev.longshore.testing.RandomImage;
import dev.longshore.testing.RandomImageOptions;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images that a site has nothing of until somebody pulls them. */
class OnDemandTest {
  private static final int LAYER = 1_600_000;

  @TempDir private Path home;
  private final ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor();
  private HubTwin hub;
  private SiteBed site;
  private RunningResolver resolver;
  private MirroredImage image;
  private Change change;

  @BeforeEach
  void name() throws Exception {
    hub = new HubTwin();
    site = SiteBed.joined(home, hub);
    image = image(1);
    change = push("1.0", image);
    start();
  }

  private MirroredImage image(long seed) throws Exception {
    return MirroredImage.write(
        RandomImage.of(seed, RandomImageOptions.small().withLayers(1, LAYER)), hub.centre);
  }

  private Change push(String tag, MirroredImage pushed) {
    return hub.push(SiteBed.REPOSITORY, tag, pushed, Keep.ON_DEMAND, 0, null);
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

  private long fetches() {
    return hub.requests.stream().filter(request -> request.contains("/dags/")).count();
  }

  private void awaitHere(MirroredImage which) {
    Eventually.await("it is here whole", () -> site.pinned(which));
  }

  @Test
  void nothingIsFetchedBeforeSomebodyPulls() throws Exception {
    assertThat(resolver.get(manifest("2.0")).statusCode()).isEqualTo(404);
    assertThat(resolver.get(blob(layer(image).getKey())).statusCode()).isEqualTo(404);
    assertThat(fetches()).isZero();

    pull("1.0", image);
    awaitHere(image);

    assertThat(hub.sentLeaves.get()).isEqualTo(hub.order(image.dag()).leaves().size());
    site.awaitReport("of it", r -> r.onDemand() != null && r.onDemand().images() == 1);
  }

  @Test
  void aNameOfItsRulesThatItDoesNotKnowIsAskedOfTheHub() throws Exception {
    hub.group =
        new Group("shops", null, List.of(), "UTC", false, null, null, List.of(SiteBed.REPOSITORY));
    hub.poke();
    Eventually.await(
        "404, and told",
        () -> status("2.0") == 404 && hub.reports.stream().anyMatch(r -> !r.missed().isEmpty()));

    assertThat(site.awaitReport("of it", r -> !r.missed().isEmpty()).missed())
        .containsExactly(SiteBed.REPOSITORY + ":2.0");
    push("2.0", image(2));
    Eventually.await("it is known", () -> status("2.0") == 200);
  }

  @Test
  void itIsAnImageLikeOthersAfterARestartWithoutTheHub() throws Exception {
    pull("1.0", image);
    awaitHere(image);
    stop();
    hub.status = 503;

    site.start();
    resolver = RunningResolver.ofSite(home, site.catalog(), site.own, site.service().upstream(), 0);

    pull("1.0", image);
    pull(image.digest(), image);
  }

  @Test
  void aDigestIsPulledAsATagIs() throws Exception {
    pull(image.digest(), image);
    awaitHere(image);
  }

  @Test
  void aHeadRequestTellsWhatItIs() throws Exception {
    HttpResponse<byte[]> head =
        resolver.send(
            resolver
                .request(manifest("1.0"))
                .method("HEAD", HttpRequest.BodyPublishers.noBody())
                .build());

    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.headers().firstValue("Docker-Content-Digest"))
        .contains(image.digest().toString());
  }

  @Test
  void whatIsFetchedForNobodyWaits() throws Exception {
    MirroredImage ahead = image(2);
    hub.released = new CountDownLatch(1);
    hub.holdAfter = 700_000;
    hub.held = ahead.dag();
    hub.push(SiteBed.REPOSITORY, "ahead", ahead);
    Eventually.await("it is fetched", () -> leafRequests(ahead) == 1);

    pull("1.0", image);
    assertThat(site.pinned(ahead)).isFalse();
    hub.released.countDown();

    awaitHere(image);
    awaitHere(ahead);
  }

  private long leafRequests(MirroredImage of) {
    return hub.requests.stream()
        .filter(r -> r.contains(of.dag().toString()) && r.contains("/leaves"))
        .count();
  }

  @Test
  void itIsSaidSoonThatTheHubIsAway() throws Exception {
    hub.status = 503;

    for (Object reference : List.of("1.0", image.digest())) {
      HttpResponse<byte[]> answer = resolver.get(manifest(reference));
      assertThat(answer.statusCode()).isEqualTo(503);
      assertThat(new String(answer.body(), StandardCharsets.UTF_8))
          .contains("UNAVAILABLE", "is not here", "HTTP 503");
      assertThat(answer.headers().firstValue("Retry-After")).isPresent();
    }

    hub.status = 200;
    pull("1.0", image);
  }

  @Test
  void neitherWindowsNorAPauseKeepItFromWhoAsks() throws Exception {
    hub.group = new Group("shops", 50_000_000L, List.of("22:00-06:00"), "UTC", true);
    hub.poke();
    Eventually.await("it heard", () -> site.service().source().problem().isEmpty());

    pull("1.0", image);
    awaitHere(image);
  }

  @Test
  void aFullDiskIsAReason() throws Exception {
    site.space = new Disk.Space(19L << 30, 100L << 30);

    HttpResponse<byte[]> answer = resolver.get(manifest("1.0"));

    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(new String(answer.body(), StandardCharsets.UTF_8)).contains("disk of this site is");
    assertThat(fetches()).isZero();
  }

  @Test
  void whatWasPulledLongestAgoGoesWhenSpaceIsNeeded() throws Exception {
    MirroredImage other = image(3);
    push("2.0", other);
    site.awaitReport("of the name", r -> "c2".equals(r.cursor()));
    pull("1.0", image);
    awaitHere(image);
    site.measured = () -> new Disk.Space((site.pinned(image) ? 19L : 90L) << 30, 100L << 30);

    pull("2.0", other);

    awaitHere(other);
    assertThat(site.pinned(image)).isFalse();
    site.measured = null;
    pull("1.0", image);
  }

  @Test
  void itGoesAWeekAfterItsLastPullAndComesAgain() throws Exception {
    pull("1.0", image);
    awaitHere(image);
    hub.now = hub.now.plus(Duration.ofDays(6));
    hub.poke();
    Eventually.await("six days later", () -> later(Duration.ofDays(6)));
    pull("1.0", image);
    hub.now = hub.now.plus(Duration.ofDays(6));
    hub.poke();
    Eventually.await("twelve days later", () -> later(Duration.ofDays(12)));
    assertThat(site.pinned(image)).isTrue();

    hub.now = hub.now.plus(Duration.ofDays(2));
    hub.poke();
    Eventually.await("it goes", () -> !site.pinned(image));

    pull("1.0", image);
    awaitHere(image);
  }

  private boolean later(Duration time) {
    hub.poke();
    return !hub.reports.isEmpty()
        && !hub.reports.getLast().reportedAt().isBefore(HubTwin.AT.plus(time));
  }

  @Test
  void aTagThatMovedShowsTheNewImageAndTheOldOneWhileTheHubIsAway() throws Exception {
    pull("1.0", image);
    awaitHere(image);
    MirroredImage next = image(4);
    push("1.0", next);
    site.awaitReport("of the change", r -> "c2".equals(r.cursor()));
    hub.status = 503;

    pull("1.0", image);

    hub.status = 200;
    pull("1.0", next);
    awaitHere(next);
    pull(image.digest(), image);
  }

  @Test
  void aNameThatWasRemovedIsNotBrought() throws Exception {
    hub.remove(change, RemovalReason.DELETED);
    site.awaitReport("of the removal", r -> "c2".equals(r.cursor()));

    assertThat(resolver.get(manifest("1.0")).statusCode()).isEqualTo(404);
    assertThat(resolver.get(manifest(image.digest())).statusCode()).isEqualTo(404);
    assertThat(fetches()).isZero();
  }

  @Test
  void nothingIsBroughtThatIsOlderThanItsRuleAllows() throws Exception {
    MirroredImage strict = image(5);
    hub.push(SiteBed.REPOSITORY, "strict", strict, Keep.ON_DEMAND, 0, 3600L);
    site.awaitReport("of the name", r -> "c2".equals(r.cursor()));
    hub.status = 503;
    hub.poke();
    Eventually.await("it is cut off", () -> site.service().source().problem().isPresent());
    site.pass(Duration.ofHours(2));

    Eventually.await("it is hidden", () -> status("strict") == 404);
  }

  @Test
  void whatIsFetchedAheadComesAtOnceIfItIsAskedFor() throws Exception {
    hub.group = new Group("shops", null, List.of("22:00-06:00"), "UTC", false);
    MirroredImage ahead = image(6);
    hub.push(SiteBed.REPOSITORY, "ahead", ahead);
    site.awaitReport("it waits for its window", r -> r.behind().images() == 1);

    pull("ahead", ahead);

    awaitHere(ahead);
    site.awaitReport("nothing is behind", r -> r.behind().images() == 0);
  }

  @Test
  void wrongBlocksReachNobody() throws Exception {
    assertThat(resolver.get(manifest("1.0")).statusCode()).isEqualTo(200);
    awaitHere(image);
    MirroredImage other = image(7);
    push("2.0", other);
    site.awaitReport("of the name", r -> "c2".equals(r.cursor()));
    hub.leafCars =
        car -> {
          byte[] wrong = car.clone();
          wrong[wrong.length - 1] ^= 1;
          return wrong;
        };

    for (int tries = 0; tries < 3; tries++) {
      int _ = status("2.0");
      for (Map.Entry<String, byte[]> each : other.image().blobs().entrySet()) {
        try {
          HttpResponse<byte[]> answer = resolver.get(blob(each.getKey()));
          assertThat(answer.statusCode() != 200 || Arrays.equals(answer.body(), each.getValue()))
              .isTrue();
        } catch (IOException e) {
          // It broke off, as it has to.
        }
      }
    }

    assertThat(site.pinned(other)).isFalse();
    hub.leafCars = UnaryOperator.identity();
    Eventually.await("it comes", () -> status("2.0") == 200);
    awaitHere(other);
  }

  private int status(String reference) {
    try {
      return resolver.get(manifest(reference)).statusCode();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
