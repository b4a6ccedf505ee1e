package dev.longshore.resolver.site;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.RemovalReason;
import dev.longshore.model.RepositoryName;
import dev.longshore.resolver.testing.MirroredImage;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.sites.NameChange;
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
      NameChange alias = hub.push(SiteBed.REPOSITORY, "oops", secret);
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

  /** No name shows it any more when it is forgotten: a clean image was pushed in its place. */
  @Test
  void whatATagLeftIsForgottenAtOnce() throws Exception {
    try (HubTwin hub = new HubTwin();
        SiteBed site = SiteBed.joined(home, hub)) {
      MirroredImage secret = hub.image(1);
      hub.push(SiteBed.REPOSITORY, "1.0", secret);
      site.start();
      site.awaitShown("1.0", secret);
      MirroredImage clean = hub.image(2);
      hub.push(SiteBed.REPOSITORY, "1.0", clean);
      site.awaitShown("1.0", clean);
      assertThat(site.finds(secret)).isTrue();

      hub.forget(RepositoryName.canonical(SiteBed.REPOSITORY), secret.digest(), null);

      Eventually.await("it is unpinned", () -> !site.pinned(secret));
      assertThat(site.finds(secret)).isFalse();
      Eventually.await("it is gone", () -> !site.own.storedBlocks().contains(secret.dag()));
      assertThat(site.shown("1.0")).contains(clean.digest());
    }
  }

  /** Nobody is to pay for the rest of it. */
  @Test
  void whatIsForgottenWhileItComesComesNoFurther() throws Exception {
    CountDownLatch fetching = new CountDownLatch(1);
    CountDownLatch line = new CountDownLatch(1);
    try (HubTwin hub = new HubTwin();
        SiteBed site = SiteBed.joined(home, hub)) {
      site.portions = new DagFetch.Portions(1, 1);
      MirroredImage secret = hub.image(1);
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
      NameChange change = hub.push(SiteBed.REPOSITORY, "1.0", secret);
      site.start();
      fetching.await();

      hub.remove(change, RemovalReason.FORGOTTEN);
      site.awaitReport("of it", r -> "c2".equals(r.cursor()));
      line.countDown();

      MirroredImage next = hub.image(2);
      int before = hub.sentLeaves.get();
      hub.push(SiteBed.REPOSITORY, "2.0", next);
      site.awaitShown("2.0", next);
      assertThat(before).isLessThan(hub.order(secret.dag()).leaves().size());
      assertThat(hub.requests)
          .filteredOn(r -> r.contains(secret.dag().toString()) && r.contains("/leaves"))
          .hasSize(1);
      Eventually.await("nothing of it is left", () -> !site.own.pinned().containsKey(secret.dag()));
    }
  }
}
