package dev.longshore.resolver.site;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.AbsenceReason;
import dev.longshore.events.SiteState;
import dev.longshore.resolver.testing.MirroredImage;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.sites.Group;
import dev.longshore.sites.Keep;
import dev.longshore.sites.Report;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * When a site fetches what its rules name, in which order, and what it does where there is no room.
 */
class WhenItFetchesTest {
  @TempDir private Path home;
  private HubTwin hub;
  private SiteBed site;

  @BeforeEach
  void join() throws Exception {
    hub = new HubTwin();
    site = SiteBed.joined(home, hub);
  }

  @AfterEach
  void end() throws Exception {
    // The hub first: a site needs none to stop.
    hub.close();
    site.close();
  }

  private static List<AbsenceReason> reasons(Report report) {
    return report.counts().stream().map(count -> count.reason()).toList();
  }

  @Test
  void fetchesByPriorityThenTheNewest() throws Exception {
    MirroredImage old = hub.image(1);
    MirroredImage first = hub.image(2);
    MirroredImage newest = hub.image(3);
    hub.push(SiteBed.REPOSITORY, "first", first, Keep.EVERY_NODE, 5, null);
    hub.push(SiteBed.REPOSITORY, "old", old);
    hub.push(SiteBed.REPOSITORY, "newest", newest);

    site.start();
    site.awaitShown("old", old);

    assertThat(hub.requests.stream().filter(r -> r.contains("/leaves")).toList())
        .extracting(r -> r.split("/", -1)[5])
        .containsExactly(first.dag().toString(), newest.dag().toString(), old.dag().toString());
  }

  @Test
  void whatIsKeptOnDemandIsNotFetchedAhead() throws Exception {
    MirroredImage later = hub.image(1);
    MirroredImage kept = hub.image(2);
    hub.push(SiteBed.REPOSITORY, "later", later, Keep.ON_DEMAND, 9, null);
    hub.push(SiteBed.REPOSITORY, "kept", kept);

    site.start();
    Report report = site.awaitReport("one is here", r -> r.present().images() == 1);

    assertThat(report.behind().images()).isZero();
    assertThat(site.shown("later")).isEmpty();
    assertThat(site.pinned(later)).isFalse();
  }

  @Test
  void waitsForItsWindowAndSaysSo() throws Exception {
    MirroredImage image = hub.image(1);
    hub.group = new Group("shops", null, List.of("22:00-06:00"), "UTC", false);
    hub.push(SiteBed.REPOSITORY, "1.0", image);
    site.start();
    Report waits =
        site.awaitReport("it waits", r -> reasons(r).equals(List.of(AbsenceReason.WINDOW)));
    assertThat(waits.exceptions())
        .extracting(SiteState.Absence::reason)
        .containsExactly(AbsenceReason.WINDOW);
    assertThat(site.shown("1.0")).isEmpty();

    hub.now = HubTwin.AT.plus(Duration.ofHours(13));
    hub.poke();

    site.awaitShown("1.0", image);
  }

  @Test
  void triesAtOnceWhatWaitsForAWindowOnce() throws Exception {
    MirroredImage image = hub.image(1);
    hub.group = new Group("shops", null, List.of("22:00-06:00"), "UTC", false);
    hub.push(SiteBed.REPOSITORY, "1.0", image);
    site.start();
    site.awaitReport("it waits", r -> reasons(r).equals(List.of(AbsenceReason.WINDOW)));

    hub.group = new Group("shops", null, List.of("22:00-06:00"), "UTC", false, HubTwin.AT, null);
    hub.poke();
    site.awaitShown("1.0", image);

    MirroredImage next = hub.image(2);
    hub.push(SiteBed.REPOSITORY, "2.0", next);
    site.awaitReport("the next one waits", r -> r.present().images() == 1 && waits(r));
    assertThat(site.shown("2.0")).isEmpty();
  }

  private static boolean waits(Report report) {
    return reasons(report).equals(List.of(AbsenceReason.WINDOW));
  }

  @Test
  void whatFailsAgainWaitsAsBefore() throws Exception {
    MirroredImage image = hub.image(1);
    hub.group = new Group("shops", null, List.of("22:00-06:00"), "UTC", false, HubTwin.AT, null);
    hub.cutBlocksAfter = 100;
    hub.push(SiteBed.REPOSITORY, "1.0", image);
    site.start();

    site.awaitReport("it was tried", WhenItFetchesTest::waits);
    Eventually.await("once", () -> hub.requests.stream().anyMatch(r -> r.contains("/dags/")));
    long tries = hub.requests.stream().filter(r -> r.contains("/dags/")).count();
    hub.poke();
    hub.push(SiteBed.REPOSITORY, "2.0", hub.image(2));
    site.awaitReport("two wait", r -> r.behind().images() == 2 && waits(r));

    assertThat(hub.requests.stream().filter(r -> r.contains("/dags/")).count()).isEqualTo(tries);
  }

  @Test
  void aPausedSiteFetchesNothingAndGoesOnLater() throws Exception {
    MirroredImage image = hub.image(1);
    hub.group = new Group("shops", null, List.of(), "UTC", true);
    hub.push(SiteBed.REPOSITORY, "1.0", image);
    site.start();
    site.awaitReport("it is held", r -> reasons(r).equals(List.of(AbsenceReason.HELD)));

    hub.group = new Group("shops", 10_000_000L, List.of(), "UTC", false);
    hub.poke();

    site.awaitShown("1.0", image);
  }

  @Test
  void aFullNodeKeepsTheOldVersionAndSaysWhy() throws Exception {
    MirroredImage old = hub.image(1);
    hub.push(SiteBed.REPOSITORY, "1.0", old);
    site.start();
    site.awaitShown("1.0", old);

    site.own.trouble().limitStorage(1);
    MirroredImage next = hub.image(2);
    hub.push(SiteBed.REPOSITORY, "1.0", next);
    site.awaitReport("it is full", r -> reasons(r).equals(List.of(AbsenceReason.FULL)));
    assertThat(site.finds(old)).isTrue();

    site.own.trouble().clear();
    site.awaitShown("1.0", next);
  }

  @Test
  void onALowDiskWhatNothingWantsGoesFirst() throws Exception {
    MirroredImage old = hub.image(1);
    hub.push(SiteBed.REPOSITORY, "1.0", old);
    site.start();
    site.awaitShown("1.0", old);
    MirroredImage next = hub.image(2);
    hub.push(SiteBed.REPOSITORY, "1.0", next);
    site.awaitShown("1.0", next);

    site.space = new Disk.Space(19L << 30, 100L << 30);
    MirroredImage third = hub.image(3);
    hub.push(SiteBed.REPOSITORY, "1.0", third);

    Eventually.await("the oldest is gone", () -> !site.pinned(old));
    site.awaitReport("the disk is full", r -> reasons(r).equals(List.of(AbsenceReason.FULL)));
    assertThat(site.shown("1.0")).contains(next.digest());
    site.space = new Disk.Space(90L << 30, 100L << 30);
    Eventually.await(
        "there is room",
        () -> {
          hub.poke();
          return site.shown("1.0").equals(Optional.of(third.digest()));
        });
  }
}
