package dev.longshore.resolver.site;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.resolver.testing.MirroredImage;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.sites.NameChange;
import dev.longshore.sites.Report;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A hub whose catalog is lost, or whose rules are mistyped, does not empty its sites. */
class RemovalGuardTest {
  private static final int NAMES = RemovalGuard.FEW + 2;

  @TempDir private Path home;
  private HubTwin hub;
  private SiteBed site;
  private MirroredImage image;
  private final List<NameChange> changes = new ArrayList<>();

  @BeforeEach
  void follow() throws Exception {
    hub = new HubTwin();
    site = SiteBed.joined(home, hub);
    image = hub.image(1);
    push();
    site.start();
    site.awaitShown(last(), image);
  }

  @AfterEach
  void end() throws Exception {
    hub.close();
    site.close();
  }

  private void push() {
    changes.clear();
    for (int i = 0; i < NAMES; i++) {
      changes.add(hub.push(SiteBed.REPOSITORY, "t" + i, image));
    }
  }

  private static String last() {
    return "t" + (NAMES - 1);
  }

  /** The hub's catalog has one name of all these. */
  private void losesAlmostAll() {
    changes.subList(1, NAMES).forEach(hub::vanish);
    hub.startAnew();
  }

  private static boolean tells(Report report) {
    return report.exceptions().stream()
        .anyMatch(
            each -> each.error() != null && each.error().contains(NAMES - 1 + " names that are"));
  }

  private long snapshots() {
    return hub.requests.stream().filter(r -> r.contains("/changes?wait")).count();
  }

  @Test
  void whatASnapshotHardlyNamesStaysUntilAnotherOneSaysSoAnHourLater() throws Exception {
    losesAlmostAll();
    site.awaitReport("it is held", RemovalGuardTest::tells);
    assertThat(site.shown(last())).contains(image.digest());
    assertThat(snapshots()).isEqualTo(1);

    hub.now = hub.now.plus(Duration.ofMinutes(61));
    hub.poke();

    site.awaitHidden(last());
    assertThat(site.shown("t0")).contains(image.digest());
    assertThat(snapshots()).as("it asked for another one, once").isEqualTo(2);
    Eventually.await("nothing is held", () -> !tells(hub.reports.getLast()));
  }

  @Test
  void anotherSnapshotWithinTheHourConfirmsNothing() throws Exception {
    losesAlmostAll();
    site.awaitReport("it is held", RemovalGuardTest::tells);

    hub.now = hub.now.plus(Duration.ofMinutes(50));
    hub.startAnew();
    hub.push(SiteBed.REPOSITORY, "mark", image);
    site.awaitShown("mark", image);

    assertThat(site.shown(last())).contains(image.digest());
  }

  @Test
  void whatIsNamedAgainMeanwhileStays() throws Exception {
    losesAlmostAll();
    site.awaitReport("it is held", RemovalGuardTest::tells);

    push();
    hub.startAnew();
    Eventually.await("nothing is held", () -> !tells(hub.reports.getLast()));
    hub.now = hub.now.plus(Duration.ofMinutes(61));
    hub.push(SiteBed.REPOSITORY, "mark", image);
    site.awaitShown("mark", image);

    assertThat(site.shown(last())).contains(image.digest());
    assertThat(snapshots()).isEqualTo(1);
  }

  @Test
  void aRestartForgetsNothingOfIt() throws Exception {
    losesAlmostAll();
    site.awaitReport("it is held", RemovalGuardTest::tells);

    site.stop();
    site.start();
    assertThat(site.shown(last())).contains(image.digest());
    hub.now = hub.now.plus(Duration.ofMinutes(61));
    hub.poke();

    site.awaitHidden(last());
  }
}
