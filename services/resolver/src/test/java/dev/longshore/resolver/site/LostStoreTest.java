package dev.longshore.resolver.site;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.resolver.testing.MirroredImage;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.sites.NameChange;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node that lost what it knew, at a hub that lost what it had too: the pins are all there is. */
class LostStoreTest {
  private static final int IMAGES = RemovalGuard.FEW + 2;

  @TempDir private Path home;
  private HubTwin hub;
  private SiteBed site;
  private final List<MirroredImage> images = new ArrayList<>();
  private final List<NameChange> changes = new ArrayList<>();

  @BeforeEach
  void follow() throws Exception {
    hub = new HubTwin();
    site = SiteBed.joined(home, hub);
    for (int i = 0; i < IMAGES; i++) {
      images.add(hub.image(i));
      changes.add(hub.push(SiteBed.REPOSITORY, "t" + i, images.get(i)));
    }
    site.start();
    site.awaitReport("all are here", r -> r.present().images() == IMAGES);
    site.stop();
    for (String suffix : List.of("", "-wal", "-shm")) {
      Files.deleteIfExists(home.resolve("site/site.db" + suffix));
    }
    changes.subList(1, IMAGES).forEach(hub::vanish);
  }

  @AfterEach
  void end() throws Exception {
    hub.close();
    site.close();
  }

  private MirroredImage last() {
    return images.getLast();
  }

  private void awaitHeld() {
    site.awaitReport(
        "they are held",
        r ->
            r.exceptions().stream()
                .anyMatch(
                    each ->
                        each.error() != null
                            && each.error().contains(IMAGES - 1 + " images that are here by")));
  }

  @Test
  void whatItHoldsStaysAndIsServedThoughTheHubNamesAlmostNothing() throws Exception {
    site.start();
    awaitHeld();
    site.awaitShown("t0", images.getFirst());

    assertThat(site.shown("t" + (IMAGES - 1))).contains(last().digest());
    site.space = new Disk.Space(19L << 30, 100L << 30);
    hub.push(SiteBed.REPOSITORY, "new", hub.image(100));
    site.awaitReport("it is full", r -> r.behind().images() == 1);
    assertThat(site.pinned(last())).as("on a full disk").isTrue();
    site.stop();
    site.space = new Disk.Space(90L << 30, 100L << 30);

    site.start();
    assertThat(site.shown("t" + (IMAGES - 1))).as("started again").contains(last().digest());
  }

  @Test
  void itGoesAWeekAfterAnotherSnapshotAnHourLaterSaysTheSame() throws Exception {
    site.start();
    awaitHeld();

    hub.now = hub.now.plus(Duration.ofMinutes(61));
    hub.poke();
    site.awaitHidden("t" + (IMAGES - 1));
    assertThat(site.pinned(last())).isTrue();

    hub.now = hub.now.plus(KeptDags.EVICT_AFTER).plusSeconds(60);
    hub.poke();
    Eventually.await("it goes", () -> !site.pinned(last()));
    assertThat(site.shown("t0")).contains(images.getFirst().digest());
  }

  @Test
  void whatIsNamedAgainIsItsOwn() throws Exception {
    site.start();
    awaitHeld();
    for (int i = 1; i < IMAGES; i++) {
      hub.push(SiteBed.REPOSITORY, "t" + i, images.get(i));
    }
    site.awaitReport("all are here", r -> r.present().images() == IMAGES);

    hub.now = hub.now.plus(Duration.ofMinutes(61));
    hub.poke();
    hub.now = hub.now.plus(KeptDags.EVICT_AFTER).plusSeconds(60);
    hub.push(SiteBed.REPOSITORY, "mark", images.getFirst());
    site.awaitShown("mark", images.getFirst());

    assertThat(site.pinned(last())).isTrue();
    assertThat(site.shown("t" + (IMAGES - 1))).contains(last().digest());
  }
}
