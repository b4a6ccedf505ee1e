package dev.longshore.resolver.site;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.resolver.testing.MirroredImage;
import dev.longshore.resolver.testing.RunningResolver;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.sites.Group;
import dev.longshore.sites.Keep;
import dev.longshore.testing.RandomImage;
import dev.longshore.testing.RandomImageOptions;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What somebody asks for, and what is fetched ahead, on one line. */
class AskedAheadTest {
  private static final int LAYER = 3_000_000;

  @TempDir private Path home;
  private final ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor();
  private HubTwin hub;
  private SiteBed site;
  private RunningResolver resolver;

  @BeforeEach
  void start() throws Exception {
    hub = new HubTwin();
    site = SiteBed.joined(home, hub);
    site.start();
    resolver = RunningResolver.ofSite(home, site.catalog(), site.own, site.service().upstream(), 0);
  }

  @AfterEach
  void end() throws Exception {
    hub.released.countDown();
    clients.shutdownNow();
    resolver.close();
    hub.close();
    site.close();
  }

  private MirroredImage image(long seed) throws Exception {
    return MirroredImage.write(
        RandomImage.of(seed, RandomImageOptions.small().withLayers(1, LAYER)), hub.centre);
  }

  private MirroredImage onDemand(String tag, long seed) throws Exception {
    MirroredImage image = image(seed);
    hub.push(SiteBed.REPOSITORY, tag, image, Keep.ON_DEMAND, 0, null);
    return image;
  }

  private HttpResponse<byte[]> pull(String tag) throws Exception {
    return resolver.get("/v2/" + SiteBed.REPOSITORY + "/manifests/" + tag);
  }

  private void hold(MirroredImage image) {
    hub.released = new CountDownLatch(1);
    hub.holdAfter = 700_000;
    hub.held = image.dag();
  }

  private boolean isAskedFor(MirroredImage image) {
    return hub.requests.stream()
        .anyMatch(r -> r.contains(image.dag().toString()) && r.contains("/leaves"));
  }

  private static boolean asksForRoom(Thread thread) {
    return Arrays.stream(thread.getStackTrace())
        .anyMatch(frame -> frame.getMethodName().equals("requireRoom"));
  }

  @Test
  void whoNeedsRoomDoesNotWaitForWhatIsFetchedAhead() throws Exception {
    MirroredImage unwanted = onDemand("1.0", 1);
    site.awaitReport("of the name", r -> "c1".equals(r.cursor()));
    assertThat(pull("1.0").statusCode()).isEqualTo(200);
    Eventually.await("it is here", () -> site.pinned(unwanted));
    MirroredImage wanted = onDemand("2.0", 2);
    MirroredImage ahead = image(3);
    hold(ahead);
    CountDownLatch aheadHeld = hub.released;
    hub.push(SiteBed.REPOSITORY, "ahead", ahead);
    Eventually.await("it is fetched ahead", () -> isAskedFor(ahead));
    AtomicReference<Thread> asks = new AtomicReference<>();
    AtomicReference<Boolean> cameBefore = new AtomicReference<>();
    site.measured =
        () -> {
          boolean low = site.pinned(unwanted);
          if (!low) {
            cameBefore.compareAndSet(null, site.pinned(ahead));
          } else if (asksForRoom(Thread.currentThread())) {
            asks.compareAndSet(null, Thread.currentThread());
          }
          return new Disk.Space((low ? 19L : 90L) << 30, 100L << 30);
        };

    Future<HttpResponse<byte[]>> answer = clients.submit(() -> pull("2.0"));
    Eventually.await(
        "it waits for room",
        () -> asks.get() != null && asks.get().getState() == Thread.State.TIMED_WAITING);
    hold(wanted);
    aheadHeld.countDown();

    assertThat(answer.get().statusCode()).isEqualTo(200);
    assertThat(cameBefore).as("what nobody asked for came before room was made").hasValue(false);
    hub.released.countDown();
    Eventually.await("both are here", () -> site.pinned(ahead) && site.pinned(wanted));
  }

  @Test
  void whatIsAskedForAndHangsKeepsNothingElseOut() throws Exception {
    MirroredImage hangs = onDemand("hangs", 1);
    site.awaitReport("of the name", r -> "c1".equals(r.cursor()));
    hold(hangs);
    assertThat(pull("hangs").statusCode()).isEqualTo(200);

    MirroredImage ahead = image(2);
    hub.push(SiteBed.REPOSITORY, "ahead", ahead);

    site.awaitShown("ahead", ahead);
    assertThat(site.pinned(hangs)).isFalse();
  }

  private long requests(MirroredImage of, String what) {
    return hub.requests.stream()
        .filter(r -> r.contains(of.dag().toString()) && r.contains(what))
        .count();
  }

  @Test
  void whatIsAskedForIsNotFetchedAheadAtTheSameTime() throws Exception {
    hub.group = new Group("shops", null, List.of(), "UTC", true);
    MirroredImage both = image(1);
    hub.push(SiteBed.REPOSITORY, "both", both, Keep.EVERY_NODE, 9, null);
    site.awaitReport("of the name", r -> "c1".equals(r.cursor()));
    hold(both);
    assertThat(pull("both").statusCode()).isEqualTo(200);
    Eventually.await("it hangs", () -> hub.holding.get() > 0);
    long before = requests(both, "/leaves");

    hub.group = new Group("shops", null, List.of(), "UTC", false);
    MirroredImage other = image(2);
    hub.push(SiteBed.REPOSITORY, "other", other);
    site.pass(Duration.ofSeconds(3));

    site.awaitShown("other", other);
    assertThat(requests(both, "/leaves")).isEqualTo(before);
    assertThat(site.pinned(both)).isFalse();
  }

  @Test
  void whatFitsOnlyWithoutWhatIsAskedForWaitsAndKeepsNothingElseOut() throws Exception {
    site.space = new Disk.Space(20_000_000 + LAYER * 5 / 4, 100_000_000);
    MirroredImage hangs = onDemand("hangs", 1);
    site.awaitReport("of the name", r -> "c1".equals(r.cursor()));
    hold(hangs);
    assertThat(pull("hangs").statusCode()).isEqualTo(200);
    Eventually.await("it hangs", () -> hub.holding.get() > 0);

    MirroredImage large = image(2);
    hub.push(SiteBed.REPOSITORY, "large", large, Keep.EVERY_NODE, 9, null);
    MirroredImage small =
        MirroredImage.write(
            RandomImage.of(3, RandomImageOptions.small().withLayers(1, 50_000)), hub.centre);
    hub.push(SiteBed.REPOSITORY, "small", small);
    site.pass(Duration.ofSeconds(3));

    site.awaitShown("small", small);
    assertThat(requests(large, "/leaves")).isZero();
    hub.released.countDown();
    site.awaitShown("large", large);
  }
}
