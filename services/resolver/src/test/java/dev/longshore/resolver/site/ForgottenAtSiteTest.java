package dev.longshore.resolver.site;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.RemovalReason;
import dev.longshore.resolver.testing.MirroredImage;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.sites.Change;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ForgottenAtSiteTest {
  @TempDir private Path home;

  /** Over a thin line, an image is fetched for hours. */
  @Test
  void whatIsForgottenIsNotFoundWhileTheNodeFetchesSomethingElse() throws Exception {
    CountDownLatch fetching = new CountDownLatch(1);
    CountDownLatch line = new CountDownLatch(1);
    try (HubTwin hub = new HubTwin();
        SiteBed site = SiteBed.joined(home, hub)) {
      MirroredImage secret = hub.image(1);
      hub.push(SiteBed.REPOSITORY, "1.0", secret);
      Change alias = hub.push(SiteBed.REPOSITORY, "oops", secret);
      site.start();
      site.awaitShown("1.0", secret);
      MirroredImage next = hub.image(2);
      hub.push(SiteBed.REPOSITORY, "1.0", next);
      site.awaitShown("1.0", next);
      hub.leafCars =
          car -> {
            fetching.countDown();
            try {
              line.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
            return car;
          };
      hub.push(SiteBed.REPOSITORY, "large", hub.image(3));
      fetching.await();
      assertThat(site.finds(secret)).isTrue();

      hub.remove(alias, RemovalReason.FORGOTTEN);

      site.awaitHidden("oops");
      assertThat(site.finds(secret)).isFalse();
      assertThat(site.shown("1.0")).contains(next.digest());
      line.countDown();
      Eventually.await("it is unpinned", () -> !site.pinned(secret));
    }
  }
}
