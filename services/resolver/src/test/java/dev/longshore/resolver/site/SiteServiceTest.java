package dev.longshore.resolver.site;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.AbsenceReason;
import dev.longshore.events.PullState;
import dev.longshore.ipfs.Deadline;
import dev.longshore.model.Cid;
import dev.longshore.resolver.testing.MirroredImage;
import dev.longshore.resolver.testing.RunningResolver;
import dev.longshore.resolver.testing.SharedLayer;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.sites.Keep;
import dev.longshore.sites.Report;
import dev.longshore.testing.ManualClock;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A site follows its hub, over real HTTP, with a node in memory. */
class SiteServiceTest extends JoinedSite {
  @Test
  void keepsWhatItsRulesNameAndServesItByTagAndByDigest() throws Exception {
    MirroredImage before = hub.image(1);
    hub.push(SiteBed.REPOSITORY, "1.0", before);

    site.start();
    site.awaitShown("1.0", before);
    MirroredImage later = hub.image(2);
    hub.push(SiteBed.REPOSITORY, "2.0", later);
    site.awaitShown("2.0", later);

    assertThat(site.own.pinned())
        .containsEntry(before.dag(), "longshore:default:site:shop")
        .containsEntry(later.dag(), "longshore:default:site:shop");
    try (RunningResolver resolver =
        new RunningResolver(home, site.catalog(), site.own, null, false)) {
      String manifests = "/v2/" + SiteBed.REPOSITORY + "/manifests/";
      assertThat(resolver.get(manifests + "2.0").body()).isEqualTo(later.image().root().body());
      assertThat(resolver.get(manifests + before.digest()).statusCode()).isEqualTo(200);
      for (String blob : later.image().blobs().keySet()) {
        assertThat(resolver.get("/v2/" + SiteBed.REPOSITORY + "/blobs/" + blob).body())
            .isEqualTo(later.image().blobs().get(blob));
      }
    }
  }

  @Test
  void servesTheOldVersionUntilTheNewOneIsWhole() throws Exception {
    MirroredImage old = hub.image(1);
    hub.push(SiteBed.REPOSITORY, "latest", old);
    site.start();
    site.awaitShown("latest", old);

    hub.cutBlocksAfter = 100;
    MirroredImage next = hub.image(2);
    hub.push(SiteBed.REPOSITORY, "latest", next);
    site.awaitReport("it failed", report -> reasons(report).contains(AbsenceReason.FAILED));
    assertThat(site.shown("latest")).contains(old.digest());
    assertThat(site.finds(next)).isFalse();

    hub.cutBlocksAfter = Integer.MAX_VALUE;
    site.awaitShown("latest", next);
    assertThat(site.finds(old)).as("pods may start again by its digest").isTrue();
  }

  private static List<AbsenceReason> reasons(Report report) {
    return report.counts().stream().map(count -> count.reason()).toList();
  }

  @Test
  void fetchesOnlyWhatItLacks() throws Exception {
    SharedLayer pair = SharedLayer.of(7);
    MirroredImage one = MirroredImage.write(pair.one(), hub.centre);
    MirroredImage other = MirroredImage.write(pair.other(), hub.centre);
    hub.push(SiteBed.REPOSITORY, "1", one);
    site.start();
    site.awaitShown("1", one);
    long before = leaves(other).stream().filter(site.own.storedBlocks()::contains).count();
    assertThat(before).as("blocks that both have").isPositive();

    hub.requests.clear();
    hub.push(SiteBed.REPOSITORY, "2", other);
    site.awaitShown("2", other);

    assertThat(hub.requests)
        .as("it says what it has")
        .anyMatch(request -> request.contains("/nodes?have=" + one.dag()));
    assertThat(hub.sentLeaves.get()).isEqualTo(leaves(one).size() + leaves(other).size() - before);
  }

  private List<Cid> leaves(MirroredImage image) throws Exception {
    return hub.order(image.dag()).leaves().stream().map(leaf -> leaf.cid()).distinct().toList();
  }

  @Test
  void startsAndServesWithoutItsHub() throws Exception {
    MirroredImage image = hub.image(1);
    hub.push(SiteBed.REPOSITORY, "1.0", image);
    site.start();
    site.awaitShown("1.0", image);
    site.stop();
    hub.status = 503;

    site.start();

    assertThat(site.shown("1.0")).contains(image.digest());
    assertThat(site.finds(image)).isTrue();
    assertThat(site.service().source().age()).isPresent();
    assertThat(site.service().trouble()).isEmpty();
  }

  @Test
  void goesOnAfterAYearOfItsClockIsTakenBack() throws Exception {
    MirroredImage image = hub.image(1);
    hub.push(SiteBed.REPOSITORY, "1.0", image);
    site.start();
    site.awaitShown("1.0", image);
    site.stop();
    site.wall = new ManualClock(HubTwin.AT.minus(Duration.ofDays(365)));

    site.start();
    MirroredImage next = hub.image(2);
    hub.push(SiteBed.REPOSITORY, "1.0", next);

    site.awaitShown("1.0", next);
    Report report = site.awaitReport("of the new one", r -> r.present().images() > 0);
    assertThat(report.reportedAt()).isAfterOrEqualTo(HubTwin.AT);
  }

  @Test
  void servesNothingOlderThanARuleAllows() throws Exception {
    MirroredImage strict = hub.image(1);
    MirroredImage other = hub.image(2);
    hub.push(SiteBed.REPOSITORY, "strict", strict, Keep.EVERY_NODE, 0, 3600L);
    hub.push(SiteBed.REPOSITORY, "other", other);
    site.start();
    site.awaitShown("strict", strict);
    site.awaitShown("other", other);

    hub.status = 503;
    hub.poke();
    Eventually.await("it is cut off", () -> site.service().source().problem().isPresent());
    site.pass(Duration.ofHours(2));
    site.awaitHidden("strict");
    assertThat(site.finds(strict)).isFalse();
    assertThat(site.shown("other")).contains(other.digest());
    assertThat(site.service().source().age().orElseThrow()).isGreaterThan(Duration.ofHours(1));

    hub.now = HubTwin.AT.plus(Duration.ofHours(3));
    hub.status = 200;
    site.awaitShown("strict", strict);
  }

  @Test
  void aPullIsReportedOnce() throws Exception {
    MirroredImage image = hub.image(1);
    hub.push(SiteBed.REPOSITORY, "1.0", image);
    site.start();
    site.awaitShown("1.0", image);

    site.service().keep(new PullState(image.digest(), HubTwin.AT));
    hub.poke();
    site.awaitReport("of the pull", r -> r.pulled().equals(List.of(image.digest())));
    hub.push(SiteBed.REPOSITORY, "2.0", hub.image(2));
    site.awaitReport("of two", r -> r.present().images() == 2);

    assertThat(hub.reports.stream().filter(r -> !r.pulled().isEmpty())).hasSize(1);
    assertThat(hub.reports).extracting(Report::sequence).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void aPinThatSomebodyTookIsMadeAgain() throws Exception {
    MirroredImage image = hub.image(1);
    hub.push(SiteBed.REPOSITORY, "1.0", image);
    site.start();
    site.awaitShown("1.0", image);
    site.stop();
    site.own.unpinAll(List.of(image.dag()), deadline());
    site.own.lose(leaves(image).getFirst());

    site.start();

    Eventually.await("it is whole again", () -> site.pinned(image));
    site.awaitShown("1.0", image);
    assertThat(site.own.storedBlocks()).containsAll(leaves(image));
  }

  private static Deadline deadline() {
    return Deadline.after(Duration.ofSeconds(10));
  }

  @Test
  void aLostStoreIsFilledAgainAndWhatIsHereStaysServed() throws Exception {
    MirroredImage image = hub.image(1);
    hub.push(SiteBed.REPOSITORY, "1.0", image);
    site.start();
    site.awaitShown("1.0", image);
    site.stop();
    for (String suffix : List.of("", "-wal", "-shm")) {
      Files.deleteIfExists(home.resolve("site/site.db" + suffix));
    }
    hub.status = 503;

    site.start();
    assertThat(site.shown("1.0")).as("cut off").contains(image.digest());
    hub.requests.clear();
    hub.status = 200;
    site.awaitReport("anew", r -> r.present().images() == 1 && r.behind().images() == 0);

    site.awaitShown("1.0", image);
    assertThat(hub.requests).noneMatch(r -> r.contains("/leaves"));
  }

  @Test
  void aWaitThatAProxyCutsIsNoFailure() throws Exception {
    MirroredImage image = hub.image(1);
    hub.push(SiteBed.REPOSITORY, "1.0", image);
    site.start();
    site.awaitShown("1.0", image);
    for (int cut = 0; cut < 20 && !waitsShorter(); cut++) {
      Eventually.await("it waits", () -> hub.waiting() > 0);
      site.pass(Duration.ofSeconds(30));
      int polls = polls().size();
      hub.cutWaits();
      Eventually.await("it asks again", () -> polls().size() > polls);
    }

    assertThat(polls().getLast()).as(polls().toString()).matches(".*wait=[12]\\ds.*");
    MirroredImage next = hub.image(2);
    hub.push(SiteBed.REPOSITORY, "1.0", next);
    site.awaitShown("1.0", next);
    assertThat(site.service().source().problem()).isEmpty();
  }

  private boolean waitsShorter() {
    return polls().getLast().matches(".*wait=[12]\\ds.*");
  }

  private List<String> polls() {
    return hub.requests.stream().filter(r -> r.contains("/changes")).toList();
  }

  @Test
  void renewsItsCredentialInTime() throws Exception {
    site.start();
    Eventually.await("it asks", () -> !polls().isEmpty());
    site.pass(Duration.ofDays(201));
    hub.now = HubTwin.AT.plus(Duration.ofDays(201));

    Eventually.await(
        "it renews",
        () -> {
          hub.poke();
          return hub.requests.stream().anyMatch(r -> r.endsWith("/credential"));
        });
  }
}
