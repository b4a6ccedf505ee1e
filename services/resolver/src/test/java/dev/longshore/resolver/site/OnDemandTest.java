package dev.longshore.resolver.site;

import static dev.longshore.resolver.site.PulledSite.blob;
import static dev.longshore.resolver.site.PulledSite.layer;
import static dev.longshore.resolver.site.PulledSite.manifest;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.RemovalReason;
import dev.longshore.resolver.testing.MirroredImage;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.sites.Group;
import dev.longshore.sites.Keep;
import dev.longshore.sites.NameChange;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
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
  @TempDir private Path home;
  private final ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor();
  private PulledSite bed;
  private HubTwin hub;
  private SiteBed site;
  private MirroredImage image;
  private NameChange change;

  @BeforeEach
  void name() throws Exception {
    bed = new PulledSite(home);
    hub = bed.hub;
    site = bed.site;
    image = bed.image(1);
    change = bed.offer("1.0", image);
    bed.start();
  }

  @AfterEach
  void end() throws Exception {
    clients.shutdownNow();
    bed.close();
  }

  private long fetches() {
    return hub.requests.stream().filter(request -> request.contains("/dags/")).count();
  }

  @Test
  void nothingIsFetchedBeforeSomebodyPulls() throws Exception {
    assertThat(bed.resolver().get(manifest("2.0")).statusCode()).isEqualTo(404);
    assertThat(bed.resolver().get(blob(layer(image).getKey())).statusCode()).isEqualTo(404);
    assertThat(fetches()).isZero();

    bed.pull("1.0", image);
    bed.awaitHere(image);

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
    bed.offer("2.0", bed.image(2));
    Eventually.await("it is known", () -> status("2.0") == 200);
  }

  @Test
  void itIsAnImageLikeOthersAfterARestartWithoutTheHub() throws Exception {
    bed.pull("1.0", image);
    bed.awaitHere(image);
    bed.stop();
    hub.status = 503;

    site.start();
    bed.serve();

    bed.pull("1.0", image);
    bed.pull(image.digest(), image);
  }

  @Test
  void aDigestIsPulledAsATagIs() throws Exception {
    bed.pull(image.digest(), image);
    bed.awaitHere(image);
  }

  @Test
  void aHeadRequestTellsWhatItIs() throws Exception {
    HttpResponse<byte[]> head =
        bed.resolver()
            .send(
                bed.resolver()
                    .request(manifest("1.0"))
                    .method("HEAD", HttpRequest.BodyPublishers.noBody())
                    .build());

    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.headers().firstValue("Docker-Content-Digest"))
        .contains(image.digest().toString());
  }

  @Test
  void whatIsFetchedForNobodyWaits() throws Exception {
    MirroredImage ahead = bed.image(2);
    hub.released = new CountDownLatch(1);
    hub.holdAfter = 700_000;
    hub.held = ahead.dag();
    hub.push(SiteBed.REPOSITORY, "ahead", ahead);
    Eventually.await("it is fetched", () -> bed.leafRequests(ahead) == 1);

    bed.pull("1.0", image);
    assertThat(site.pinned(ahead)).isFalse();
    hub.released.countDown();

    bed.awaitHere(image);
    bed.awaitHere(ahead);
  }

  @Test
  void itIsSaidSoonThatTheHubIsAway() throws Exception {
    hub.status = 503;

    for (Object reference : List.of("1.0", image.digest())) {
      HttpResponse<byte[]> answer = bed.resolver().get(manifest(reference));
      assertThat(answer.statusCode()).isEqualTo(503);
      assertThat(new String(answer.body(), StandardCharsets.UTF_8))
          .contains("UNAVAILABLE", "is not here", "HTTP 503");
      assertThat(answer.headers().firstValue("Retry-After")).isPresent();
    }
    assertThat(status("2.0")).as("a name that it does not know").isEqualTo(404);

    hub.status = 200;
    bed.pull("1.0", image);
  }

  @Test
  void neitherWindowsNorAPauseKeepItFromWhoAsks() throws Exception {
    hub.group = new Group("shops", 50_000_000L, List.of("22:00-06:00"), "UTC", true);
    hub.poke();
    Eventually.await("it heard", () -> site.service().source().problem().isEmpty());

    bed.pull("1.0", image);
    bed.awaitHere(image);
  }

  @Test
  void aFullDiskIsAReason() throws Exception {
    site.space = new Disk.Space(19L << 30, 100L << 30);

    HttpResponse<byte[]> answer = bed.resolver().get(manifest("1.0"));

    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(new String(answer.body(), StandardCharsets.UTF_8)).contains("disk of this site is");
    assertThat(fetches()).isZero();
  }

  @Test
  void whatWasPulledLongestAgoGoesWhenSpaceIsNeeded() throws Exception {
    MirroredImage other = bed.image(3);
    bed.offer("2.0", other);
    site.awaitReport("of the name", r -> "c2".equals(r.cursor()));
    bed.pull("1.0", image);
    bed.awaitHere(image);
    site.measured = () -> new Disk.Space((site.pinned(image) ? 19L : 90L) << 30, 100L << 30);

    bed.pull("2.0", other);

    bed.awaitHere(other);
    assertThat(site.pinned(image)).isFalse();
    site.measured = null;
    bed.pull("1.0", image);
  }

  @Test
  void itGoesAWeekAfterItsLastPullAndComesAgain() throws Exception {
    bed.pull("1.0", image);
    bed.awaitHere(image);
    hub.now = hub.now.plus(Duration.ofDays(6));
    hub.poke();
    Eventually.await("six days later", () -> later(Duration.ofDays(6)));
    bed.pull("1.0", image);
    hub.now = hub.now.plus(Duration.ofDays(6));
    hub.poke();
    Eventually.await("twelve days later", () -> later(Duration.ofDays(12)));
    assertThat(site.pinned(image)).isTrue();

    hub.now = hub.now.plus(Duration.ofDays(2));
    hub.poke();
    Eventually.await("it goes", () -> !site.pinned(image));

    bed.pull("1.0", image);
    bed.awaitHere(image);
  }

  private boolean later(Duration time) {
    hub.poke();
    return !hub.reports.isEmpty()
        && !hub.reports.getLast().reportedAt().isBefore(HubTwin.AT.plus(time));
  }

  @Test
  void aTagThatMovedShowsTheNewImageAndTheOldOneWhileTheHubIsAway() throws Exception {
    bed.pull("1.0", image);
    bed.awaitHere(image);
    MirroredImage next = bed.image(4);
    bed.offer("1.0", next);
    site.awaitReport("of the change", r -> "c2".equals(r.cursor()));
    hub.status = 503;

    bed.pull("1.0", image);

    hub.status = 200;
    bed.pull("1.0", next);
    bed.awaitHere(next);
    bed.pull(image.digest(), image);
  }

  @Test
  void aNameThatWasRemovedIsNotBrought() throws Exception {
    hub.remove(change, RemovalReason.DELETED);
    site.awaitReport("of the removal", r -> "c2".equals(r.cursor()));

    assertThat(bed.resolver().get(manifest("1.0")).statusCode()).isEqualTo(404);
    assertThat(bed.resolver().get(manifest(image.digest())).statusCode()).isEqualTo(404);
    assertThat(fetches()).isZero();
  }

  @Test
  void nothingIsBroughtThatIsOlderThanItsRuleAllows() throws Exception {
    MirroredImage strict = bed.image(5);
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
    MirroredImage ahead = bed.image(6);
    hub.push(SiteBed.REPOSITORY, "ahead", ahead);
    site.awaitReport("it waits for its window", r -> r.behind().images() == 1);

    bed.pull("ahead", ahead);

    bed.awaitHere(ahead);
    site.awaitReport("nothing is behind", r -> r.behind().images() == 0);
  }

  @Test
  void wrongBlocksReachNobody() throws Exception {
    assertThat(bed.resolver().get(manifest("1.0")).statusCode()).isEqualTo(200);
    bed.awaitHere(image);
    MirroredImage other = bed.image(7);
    bed.offer("2.0", other);
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
          HttpResponse<byte[]> answer = bed.resolver().get(blob(each.getKey()));
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
    bed.awaitHere(other);
  }

  private int status(String reference) {
    try {
      return bed.resolver().get(manifest(reference)).statusCode();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
