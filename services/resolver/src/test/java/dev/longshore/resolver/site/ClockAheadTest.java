package dev.longshore.resolver.site;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.AbsenceReason;
import dev.longshore.events.RemovalReason;
import dev.longshore.resolver.testing.MirroredImage;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.sites.NameChange;
import dev.longshore.sites.Report;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A hub whose clock was a year ahead for a while, and what it signed then. */
class ClockAheadTest {
  private static final Duration YEAR = Duration.ofDays(365);

  @TempDir private Path home;
  private HubTwin hub;
  private SiteBed site;
  private MirroredImage first;
  private NameChange change;

  @BeforeEach
  void hearOfNextYear() throws Exception {
    hub = new HubTwin();
    site = SiteBed.joined(home, hub);
    first = hub.image(1);
    hub.now = HubTwin.AT.plus(YEAR);
    change = hub.push(SiteBed.REPOSITORY, "1.0", first);
    site.start();
    site.awaitShown("1.0", first);
  }

  @AfterEach
  void end() throws Exception {
    hub.close();
    site.close();
  }

  private void setRight() {
    hub.now = HubTwin.AT.plusSeconds(60);
  }

  private void follows() throws Exception {
    MirroredImage next = hub.image(2);
    hub.push(SiteBed.REPOSITORY, "1.0", next);
    site.awaitShown("1.0", next);
    assertThat(site.service().source().problem()).isEmpty();
  }

  @Test
  void whatGoesOnFromTheCursorIsBelieved() throws Exception {
    setRight();

    follows();
  }

  @Test
  void whatGoesOnFromTheCursorIsBelievedOfAHubWithoutNonces() throws Exception {
    hub.signsNonces = false;
    setRight();

    follows();
  }

  @Test
  void aSnapshotThatAnswersThisRequestIsBelieved() throws Exception {
    setRight();
    hub.startAnew();

    follows();
  }

  @Test
  void noTryWaitsUntilThen() throws Exception {
    hub.cutBlocksAfter = 100;
    MirroredImage next = hub.image(2);
    hub.push(SiteBed.REPOSITORY, "2.0", next);
    site.awaitReport("it failed", ClockAheadTest::failed);
    setRight();
    hub.poke();
    hub.cutBlocksAfter = Integer.MAX_VALUE;

    site.awaitShown("2.0", next);
  }

  private static boolean failed(Report report) {
    return report.counts().stream().anyMatch(count -> count.reason() == AbsenceReason.FAILED);
  }

  @Test
  void theWeekOfWhatNothingWantsDoesNotLastAYear() throws Exception {
    hub.remove(change, RemovalReason.DELETED);
    site.awaitHidden("1.0");
    setRight();
    hub.poke();
    Eventually.await("its time is right", () -> isOfThisYear());

    hub.now = HubTwin.AT.plus(KeptDags.EVICT_AFTER).plusSeconds(120);
    hub.poke();

    Eventually.await("it goes", () -> !site.pinned(first));
  }

  private boolean isOfThisYear() {
    hub.poke();
    return !hub.reports.isEmpty()
        && hub.reports.getLast().reportedAt().isBefore(HubTwin.AT.plus(YEAR).minusSeconds(60));
  }

  @Test
  void aNeighborThatWasSeenThenIsNotTakenForOneThatIsThereUntilThen() throws Exception {
    site.stop();
    long then = hub.now.plus(Duration.ofDays(30)).toEpochMilli();
    try (SiteStore store = SiteStore.open(home.resolve("site/site.db"))) {
      store.write(session -> session.update("INSERT INTO neighbors VALUES ('b', ?)", then));
    }

    site.start();
    MirroredImage next = hub.image(9);
    hub.push(SiteBed.REPOSITORY, "next", next);
    site.awaitShown("next", next);

    site.stop();
    try (SiteStore store = SiteStore.open(home.resolve("site/site.db"))) {
      assertThat(store.query("SELECT seen FROM neighbors", row -> row.getLong(1)))
          .singleElement()
          .satisfies(seen -> assertThat(seen).isLessThan(then));
    }
  }
}
