package dev.longshore.resolver.site;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.AbsenceReason;
import dev.longshore.events.SiteState.Absence;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.node.Reach;
import dev.longshore.ipfs.reader.LeafOrder;
import dev.longshore.model.Cid;
import dev.longshore.resolver.testing.MirroredImage;
import dev.longshore.resolver.testing.RunningResolver;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.sites.Keep;
import dev.longshore.sites.Report;
import dev.longshore.testing.RandomImage;
import dev.longshore.testing.RandomImageOptions;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images and rules that are larger than what a site's disk has room for. */
class TooLargeForTheDiskTest {
  private static final long MB = 400_000;

  @TempDir private Path home;
  private HubTwin hub;
  private SiteBed site;

  /** The size of the disk; 20 % must stay free. */
  private volatile long total = 100 * MB;

  /** What others have on it. */
  private volatile long others;

  @BeforeEach
  void join() throws Exception {
    hub = new HubTwin();
    site = SiteBed.joined(home, hub);
    site.measured = () -> new Disk.Space(total - others - used(), total);
  }

  private long used() throws IOException {
    return site.own.repoStat(Deadline.after(Duration.ofSeconds(10))).usedBytes();
  }

  @AfterEach
  void end() throws Exception {
    hub.close();
    site.close();
  }

  /** An image with one layer. */
  private MirroredImage image(long seed, long layer) throws IOException {
    return MirroredImage.write(
        RandomImage.of(seed, RandomImageOptions.small().withLayers(1, (int) layer)), hub.centre);
  }

  /** Bytes of all its blocks. */
  private long size(MirroredImage image) throws IOException {
    LeafOrder order = hub.order(image.dag());
    long bytes = order.leaves().stream().mapToLong(LeafOrder.Leaf::bytes).sum();
    for (Cid node : order.nodes()) {
      bytes += hub.centre.block(node, Reach.LOCAL, Deadline.after(Duration.ofSeconds(10))).size();
    }
    return bytes;
  }

  /** The disk is of a size that leaves room for so much and no more. */
  private void room(long bytes) {
    total = bytes / 80 * 100;
  }

  private void push(String tag, MirroredImage image, int priority) {
    hub.push(SiteBed.REPOSITORY, tag, image, Keep.EVERY_NODE, priority, null);
  }

  private long requests(MirroredImage of, String what) {
    return hub.requests.stream()
        .filter(r -> r.contains(of.dag().toString()) && r.contains(what))
        .count();
  }

  private static Optional<Absence> named(Report report, String tag) {
    return report.exceptions().stream().filter(each -> each.name().endsWith(":" + tag)).findFirst();
  }

  private static boolean says(Report report, String tag, String what) {
    return named(report, tag)
        .filter(each -> each.reason() == AbsenceReason.FULL)
        .filter(each -> each.error() != null && each.error().contains(what))
        .isPresent();
  }

  private void awaitSaid(String tag, String what) {
    Eventually.await(
        "a report that " + tag + " " + what,
        () -> {
          hub.poke();
          return !hub.reports.isEmpty() && says(hub.reports.getLast(), tag, what);
        });
  }

  private void awaitShown(String tag, MirroredImage image) {
    Eventually.await(
        tag,
        () -> {
          hub.poke();
          return site.shown(tag).equals(Optional.of(image.digest()));
        });
  }

  @Test
  void anImageThatDoesNotFitIsNotBegunAndTheReportSaysHowLargeItIs() throws Exception {
    MirroredImage large = image(1, 9 * MB);
    push("large", large, 0);
    room(size(large) - 10_000);
    site.start();

    awaitSaid("large", "it needs ");
    Report report = site.awaitReport("of its size", r -> says(r, "large", "has room for "));
    assertThat(named(report, "large").orElseThrow().error())
        .contains("of " + total + " bytes are free, and 20 % must stay free");
    assertThat(named(report, "large").orElseThrow().nextTryAt()).isNull();

    // It is not asked for again, and keeps nothing else out.
    MirroredImage small = image(2, MB);
    push("small", small, -1);
    awaitShown("small", small);
    assertThat(requests(large, "/leaves")).isZero();
    assertThat(requests(large, "/nodes")).isEqualTo(1);
  }

  @Test
  void itComesWhenThereIsRoom() throws Exception {
    MirroredImage large = image(1, 9 * MB);
    push("large", large, 0);
    room(size(large) - 10_000);
    site.start();
    awaitSaid("large", "it needs");
    site.stop();
    site.start();
    awaitSaid("large", "it needs");

    total = 100 * MB;

    awaitShown("large", large);
  }

  @Test
  void itIsTriedAgainWhenTheRulesAreOthers() throws Exception {
    MirroredImage low = image(1, 5 * MB);
    push("low", low, 5);
    site.start();
    awaitShown("low", low);
    MirroredImage high = image(2, 5 * MB);
    room(size(low) + size(high) - 10_000);
    push("high", high, 5);
    awaitSaid("high", "it needs");

    hub.push(SiteBed.REPOSITORY, "low", low, Keep.EVERY_NODE, 1, null);
    hub.startAnew();

    awaitShown("high", high);
    awaitSaid("low", "it gave way to registry.test/app:high");
  }

  @Test
  void theLowestPriorityGivesWayAndStaysOutUntilThereIsRoom() throws Exception {
    MirroredImage lowest = image(1, 3 * MB);
    MirroredImage middle = image(2, 3 * MB);
    push("lowest", lowest, 1);
    push("middle", middle, 2);
    site.start();
    awaitShown("lowest", lowest);
    awaitShown("middle", middle);

    MirroredImage high = image(3, 3 * MB);
    room(size(lowest) + size(middle) + size(high) - 10_000);
    push("high", high, 3);

    awaitShown("high", high);
    awaitSaid("lowest", "it gave way to registry.test/app:high");
    assertThat(site.shown("lowest")).isEmpty();
    assertThat(site.shown("middle")).contains(middle.digest());
    long leaves = requests(lowest, "/leaves");
    site.stop();
    site.start();
    awaitSaid("lowest", "it gave way to registry.test/app:high");
    assertThat(requests(lowest, "/leaves")).isEqualTo(leaves);

    total = 100 * MB;
    awaitShown("lowest", lowest);
    assertThat(site.shown("high")).contains(high.digest());
  }

  @Test
  void whatGaveWayToAnImageThatDoesNotComeStaysOut() throws Exception {
    MirroredImage low = image(1, 5 * MB);
    push("low", low, 1);
    site.start();
    awaitShown("low", low);
    long before = requests(low, "/leaves");
    MirroredImage high = image(2, 5 * MB);
    room(size(low) + size(high) - 10_000);
    hub.leafCars = car -> new byte[0];
    push("high", high, 3);

    Eventually.await(
        "it is tried a few times",
        () -> {
          hub.poke();
          return requests(high, "/leaves") > 3;
        });
    assertThat(requests(low, "/leaves")).isEqualTo(before);

    hub.leafCars = car -> car;
    awaitShown("high", high);
  }

  @Test
  void nothingGivesWayToWhatDoesNotFitAllTheSame() throws Exception {
    MirroredImage low = image(1, 3 * MB);
    push("low", low, 1);
    site.start();
    awaitShown("low", low);

    MirroredImage high = image(2, 9 * MB);
    room(size(high) - 10_000);
    push("high", high, 3);

    awaitSaid("high", "it needs");
    assertThat(site.shown("low")).contains(low.digest());
  }

  @Test
  void theOldVersionStaysWhileTheNewOneDoesNotFit() throws Exception {
    MirroredImage old = image(1, 5 * MB);
    push("1.0", old, 1);
    site.start();
    awaitShown("1.0", old);

    MirroredImage next = image(2, 5 * MB);
    room(size(old) + size(next) - 10_000);
    push("1.0", next, 9);

    awaitSaid("1.0", "it needs");
    assertThat(site.shown("1.0")).contains(old.digest());
    total = 100 * MB;
    awaitShown("1.0", next);
  }

  @Test
  void itStopsInTheMiddleIfOthersFillTheDiskAndGoesOnThere() throws Exception {
    site.portions = new DagFetch.Portions(MB / 2, MB / 2);
    MirroredImage image = image(1, 5 * MB);
    long size = size(image);
    room(2 * size);
    hub.leafCars =
        car -> {
          others = requests(image, "/leaves") >= 3 ? size * 3 / 2 : 0;
          return car;
        };
    push("1.0", image, 0);
    site.start();

    awaitSaid("1.0", "it needs");
    assertThat(used()).isBetween(MB / 2, size - MB / 2);
    hub.leafCars = car -> car;
    others = 0;

    awaitShown("1.0", image);
    assertThat(hub.sentLeaves.get()).isEqualTo(hub.order(image.dag()).leaves().size());
  }

  @Test
  void whatIsAskedForAndDoesNotFitIsRefusedWithItsSize() throws Exception {
    MirroredImage unwanted = image(1, 2 * MB);
    push("1.0", unwanted, 0);
    site.start();
    awaitShown("1.0", unwanted);
    MirroredImage next = image(2, MB);
    push("1.0", next, 0);
    awaitShown("1.0", next);
    MirroredImage large = image(3, 9 * MB);
    MirroredImage medium = image(4, 7 * MB);
    room(size(large) - 10_000);
    hub.push(SiteBed.REPOSITORY, "large", large, Keep.ON_DEMAND, 0, null);
    hub.push(SiteBed.REPOSITORY, "medium", medium, Keep.ON_DEMAND, 0, null);
    site.awaitReport("of the names", r -> "c4".equals(r.cursor()));

    try (RunningResolver resolver =
        RunningResolver.ofSite(home, site.catalog(), site.own, site.service().upstream(), 0)) {
      HttpResponse<byte[]> answer = pull(resolver, "large");
      assertThat(answer.statusCode()).isEqualTo(503);
      assertThat(new String(answer.body(), StandardCharsets.UTF_8))
          .contains("it needs ", "has room for");
      assertThat(requests(large, "/leaves")).isZero();
      assertThat(site.pinned(unwanted)).isTrue();

      room(size(unwanted) + size(next) + size(medium) - 10_000);
      assertThat(pull(resolver, "medium").statusCode()).isEqualTo(200);
      Eventually.await("it is here whole", () -> site.pinned(medium));
      assertThat(site.pinned(unwanted)).isFalse();
      assertThat(site.pinned(next)).isTrue();
    }
  }

  private static HttpResponse<byte[]> pull(RunningResolver resolver, String tag) throws Exception {
    return resolver.get("/v2/" + SiteBed.REPOSITORY + "/manifests/" + tag);
  }
}
