package dev.longshore.resolver.site;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.RemovalReason;
import dev.longshore.resolver.testing.MirroredImage;
import dev.longshore.resolver.testing.RunningResolver;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.sites.NameChange;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A digest of a mode that the site's rule does not ask for. */
class OtherModesTest {
  @TempDir private Path home;
  private HubTwin hub;
  private SiteBed site;
  private RunningResolver resolver;
  private MirroredImage kept;
  private MirroredImage other;
  private NameChange change;

  @BeforeEach
  void offer() throws Exception {
    hub = new HubTwin();
    site = SiteBed.joined(home, hub);
    kept = hub.image(1);
    other = hub.image(2);
    change = hub.offer(hub.push(SiteBed.REPOSITORY, "1.0", kept), "estargz", other);
    start();
    site.awaitShown("1.0", kept);
  }

  private void start() throws Exception {
    site.start();
    resolver = RunningResolver.ofSite(home, site.catalog(), site.own, site.service().upstream(), 0);
  }

  @AfterEach
  void end() throws Exception {
    resolver.close();
    hub.close();
    site.close();
  }

  private int pull() throws Exception {
    return resolver.get("/v2/" + SiteBed.REPOSITORY + "/manifests/" + other.digest()).statusCode();
  }

  private boolean wasAskedFor() {
    return hub.requests.stream().anyMatch(r -> r.contains("/dags/" + other.dag()));
  }

  @Test
  void nobodyBringsItWhoIsNotAsked() throws Exception {
    MirroredImage next = hub.image(3);
    hub.push(SiteBed.REPOSITORY, "2.0", next);
    site.awaitShown("2.0", next);

    assertThat(wasAskedFor()).isFalse();
    assertThat(site.awaitReport("of both", r -> r.present().images() == 2).behind().images())
        .isZero();
  }

  @Test
  void itComesWholeToWhoAsksAndIsCounted() throws Exception {
    assertThat(pull()).isEqualTo(200);

    Eventually.await("it is here whole", () -> site.pinned(other));
    for (Map.Entry<String, byte[]> each : other.image().blobs().entrySet()) {
      assertThat(resolver.get("/v2/" + SiteBed.REPOSITORY + "/blobs/" + each.getKey()).body())
          .isEqualTo(each.getValue());
    }
    site.awaitReport("of it", r -> r.onDemand() != null && r.onDemand().images() == 1);
    assertThat(site.shown("1.0")).contains(kept.digest());
  }

  @Test
  void itIsServedAfterARestartWithoutTheHub() throws Exception {
    assertThat(pull()).isEqualTo(200);
    Eventually.await("it is here whole", () -> site.pinned(other));
    resolver.close();
    site.stop();
    hub.status = 503;

    start();

    assertThat(pull()).isEqualTo(200);
  }

  @Test
  void itGoesAWeekAfterItsLastPullAndComesAgain() throws Exception {
    assertThat(pull()).isEqualTo(200);
    Eventually.await("it is here whole", () -> site.pinned(other));

    hub.now = hub.now.plus(KeptDags.EVICT_AFTER).plusSeconds(60);
    Eventually.await(
        "it goes",
        () -> {
          hub.poke();
          return !site.pinned(other);
        });

    assertThat(site.pinned(kept)).isTrue();
    Eventually.await("it comes again", () -> pulls() == 200);
  }

  @Test
  void aPullWithinTheWeekKeepsItForAnotherOne() throws Exception {
    assertThat(pull()).isEqualTo(200);
    Eventually.await("it is here whole", () -> site.pinned(other));
    later(Duration.ofDays(6));
    assertThat(pull()).isEqualTo(200);

    later(Duration.ofDays(12));

    MirroredImage next = hub.image(3);
    hub.push(SiteBed.REPOSITORY, "2.0", next);
    site.awaitShown("2.0", next);
    assertThat(site.pinned(other)).as("what may go went before that came").isTrue();
  }

  private void later(Duration time) {
    hub.now = HubTwin.AT.plus(time);
    Eventually.await(
        "it is later",
        () -> {
          hub.poke();
          return site.service().source().problem().isEmpty()
              && !hub.reports.isEmpty()
              && !hub.reports.getLast().reportedAt().isBefore(HubTwin.AT.plus(time));
        });
  }

  private int pulls() {
    try {
      return pull();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void itGoesWithItsNameAndIsForgottenWithItsSource() throws Exception {
    assertThat(pull()).isEqualTo(200);
    Eventually.await("it is here whole", () -> site.pinned(other));

    hub.remove(change, RemovalReason.FORGOTTEN);

    site.awaitHidden("1.0");
    Eventually.await("it is unpinned", () -> !site.pinned(other));
    assertThat(pull()).isEqualTo(404);
  }

  @Test
  void oneThatItsNameOffersNoMoreIsUnknown() throws Exception {
    hub.remove(change, RemovalReason.DELETED);
    site.awaitHidden("1.0");

    assertThat(pull()).isEqualTo(404);
    assertThat(wasAskedFor()).isFalse();
  }
}
