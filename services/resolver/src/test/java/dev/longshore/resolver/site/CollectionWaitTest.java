package dev.longshore.resolver.site;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.RemovalReason;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.Tag;
import dev.longshore.resolver.name.Selector;
import dev.longshore.resolver.testing.MirroredImage;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.sites.Keep;
import dev.longshore.sites.NameChange;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Somebody pulls all the time, and blocks are to be taken away. */
class CollectionWaitTest {
  @TempDir private Path home;
  private HubTwin hub;
  private SiteBed site;
  private MirroredImage first;
  private MirroredImage second;
  private MirroredImage third;
  private MirroredImage secret;

  @BeforeEach
  void pullWithoutAPause() throws Exception {
    hub = new HubTwin();
    site = SiteBed.joined(home, hub);
    site.stall = Duration.ofMillis(500);
    first = hub.image(1);
    second = hub.image(2);
    third = hub.image(3);
    push("first", first);
    push("second", second);
    push("third", third);
    secret = hub.image(4);
    NameChange change = hub.push(SiteBed.REPOSITORY, "secret", secret);
    site.start();
    site.awaitShown("secret", secret);
    hub.released = new CountDownLatch(1);
    hub.holdAfter = 1_000;
    hub.held = first.dag();
    bring("first");
    hub.remove(change, RemovalReason.FORGOTTEN);
    Eventually.await("it is unpinned", () -> !site.pinned(secret));
  }

  @AfterEach
  void end() throws Exception {
    hub.released.countDown();
    hub.close();
    site.close();
  }

  private void push(String tag, MirroredImage image) {
    hub.push(SiteBed.REPOSITORY, tag, image, Keep.ON_DEMAND, 0, null);
  }

  private void bring(String tag) throws Exception {
    site.service()
        .upstream()
        .names()
        .bring(
            RepositoryName.canonical(SiteBed.REPOSITORY),
            new Selector.ByTag(new Tag(tag)),
            "a caller");
  }

  private boolean isCollected() {
    return !site.own.storedBlocks().contains(secret.dag());
  }

  @Test
  void othersComeMeanwhile() throws Exception {
    bring("second");

    Eventually.await("it is here whole", () -> site.pinned(second));
    assertThat(isCollected()).isFalse();
  }

  private void waitForLong() {
    Eventually.await(
        "it has waited for long",
        () -> {
          site.pass(CollectionWait.PATIENCE);
          return site.service().collectsFirst() || isCollected();
        });
  }

  @Test
  void oneThatTakesLongGivesWayInItsMiddle() throws Exception {
    waitForLong();

    bring("third");

    assertThat(isCollected()).isTrue();
    Eventually.await("it is here whole", () -> site.pinned(third));
    assertThat(site.pinned(first)).as("it hangs").isFalse();
    hub.released.countDown();
    Eventually.await("both are here whole", () -> site.pinned(first));
  }

  @Test
  void whoAsksNextWaitsUntilTheyAreGone() throws Exception {
    waitForLong();
    FutureTask<Boolean> asked =
        new FutureTask<>(
            () -> {
              bring("third");
              return isCollected();
            });
    Thread thread = Thread.ofPlatform().start(asked);
    Eventually.await(
        "it waits", () -> asked.isDone() || thread.getState() == Thread.State.TIMED_WAITING);

    hub.released.countDown();

    assertThat(asked.get(20, TimeUnit.SECONDS)).as("collected before").isTrue();
    Eventually.await("both are here whole", () -> site.pinned(first) && site.pinned(third));
    assertThat(site.service().collectsFirst()).isFalse();
  }
}
