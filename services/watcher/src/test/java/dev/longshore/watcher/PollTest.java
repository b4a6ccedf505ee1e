package dev.longshore.watcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.Hint;
import dev.longshore.events.Observed;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.testing.Fault;
import dev.longshore.oci.testing.Faults;
import dev.longshore.oci.testing.Referrers;
import dev.longshore.testing.RandomImage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PollTest {
  private final WatchedHub hub = new WatchedHub();
  private final List<Hint> hints = new ArrayList<>();

  @Test
  void findsTheTagsWhoseHintsWereLost() throws Exception {
    Descriptor known = push("team/app", "v1", 1);
    hub.pushed("team/app", known.digest(), "v1");
    push("team/app", "v2", 2);
    push("team/other", "v1", 3);

    assertThat(poll("**")).isEqualTo(2);
    for (Hint hint : List.copyOf(hints)) {
      hub.handle(hint);
    }

    assertThat(hub.observed)
        .extracting(Observed::key)
        .contains("localhost:5055/team/app:v2", "localhost:5055/team/other:v1");
    assertThat(poll("**")).isZero();
  }

  @Test
  void aRoundThatTakesLongerThanTheIntervalComesToItsEnd() throws Exception {
    for (int i = 0; i < 20; i++) {
      push("team/app" + i, "v1", i);
    }

    hub.poll(
        "**",
        hint -> {
          hub.clock.advance(Duration.ofMinutes(1));
          hints.add(hint);
        });

    assertThat(hints).hasSize(20);
    assertThat(hub.images.requests()).filteredOn(r -> r.startsWith("tags ")).hasSize(20);
  }

  @Test
  void looksOnlyAtTheConfiguredRepositories() throws Exception {
    push("team/app", "v1", 1);
    push("team/sub/app", "v1", 2);
    push("private/app", "v1", 3);

    poll("team/*");

    assertThat(hints).extracting(Hint::repository).containsExactly("team/app");
  }

  @Test
  void asksForNoCatalogWhereRepositoriesAreNamed() throws Exception {
    push("team/app", "v1", 1);

    poll("team/app");

    assertThat(hub.images.requests()).noneMatch(request -> request.startsWith("catalog"));
    assertThat(hints).hasSize(1);
  }

  @Test
  void findsATagThatMovedBackToAnOlderDigest() throws Exception {
    Descriptor old = push("team/app", "v1", 1);
    hub.pushed("team/app", old.digest(), "v1");
    Descriptor newer = push("team/app", "v1", 2);
    hub.pushed("team/app", newer.digest(), "v1");
    push("team/app", "v1", 1);

    assertThat(poll("team/app")).isOne();
  }

  @Test
  void looksAtTheOthersWhereOneRepositoryIsServedBadly() throws Exception {
    push("team/app", "v1", 1);
    push("team/zebra", "v1", 2);
    hub.images.faults().always(WatchedHub.name("team/app").toString(), new Fault.Garbage());

    assertThat(poll("team/*")).isOne();

    assertThat(hints).extracting(Hint::repository).containsExactly("team/zebra");
  }

  @Test
  void findsWhatBelongsToAnImageAndHasNoTag() throws Exception {
    Descriptor image = push("team/app", "v1", 1);
    hub.pushed("team/app", image.digest(), "v1");
    RandomImage signature = Referrers.signatureOf(RandomImage.of(1), "signed");
    RandomImage countersignature = Referrers.signatureOf(signature, "signed too");
    store(signature);
    store(countersignature);

    assertThat(poll("team/app")).isEqualTo(2);
    for (Hint hint : List.copyOf(hints)) {
      hub.handle(hint);
    }

    assertThat(hub.observed)
        .extracting(Observed::key)
        .contains(
            "localhost:5055/team/app@" + signature.rootDigest(),
            "localhost:5055/team/app@" + countersignature.rootDigest());
    assertThat(poll("team/app")).isZero();
  }

  @Test
  void findsTheTagsWhoseDeletionWasNotHeardOf() throws Exception {
    Descriptor kept = push("team/app", "kept", 1);
    hub.pushed("team/app", kept.digest(), "kept");
    Descriptor lost = push("team/app", "lost", 2);
    hub.pushed("team/app", lost.digest(), "lost");
    hub.images.untag(WatchedHub.name("team/app"), "lost");

    assertThat(poll("team/app")).isOne();
    hub.handle(hints.getFirst());

    assertThat(hub.tag("team/app", "lost").deleted()).isTrue();
    assertThat(hub.tag("team/app", "kept").deleted()).isFalse();
    assertThat(poll("team/app")).isZero();
  }

  @Test
  void findsTheTagsWhereReferrersAreListedBadly() throws Exception {
    Descriptor image = push("team/app", "v1", 1);
    hub.images.faults().always(image.digest().toString(), new Fault.Garbage());

    assertThat(poll("team/app")).isOne();
  }

  /** Pushes it without a tag. */
  private void store(RandomImage artifact) {
    artifact.blobs().values().forEach(b -> hub.images.pushBlob(WatchedHub.name("team/app"), b));
    artifact
        .manifests()
        .forEach(
            m -> hub.images.pushManifest(WatchedHub.name("team/app"), m.mediaType(), m.body()));
  }

  @Test
  void takesATagThatIsPushedWhileItListsForNoDeletion() throws Exception {
    Descriptor image = push("team/app", "v1", 1);
    hub.pushed("team/app", image.digest(), "v1");
    hub.images.untag(WatchedHub.name("team/app"), "v1");
    push("team/app", "v2", 2);
    poll("team/app");
    push("team/app", "v1", 1);

    for (Hint hint : List.copyOf(hints)) {
      hub.handle(hint);
    }

    assertThat(hub.tag("team/app", "v1").deleted()).isFalse();
  }

  @Test
  void takesARegistryThatKnowsTheRepositoryNoMoreForNoWordOnItsTags() throws Exception {
    Descriptor image = push("team/app", "v1", 1);
    hub.pushed("team/app", image.digest(), "v1");
    hub.images.faults().always(Faults.ANY, new Fault.Status(404));

    assertThat(poll("team/app")).isZero();
  }

  private int poll(String pattern) throws Exception {
    hints.clear();
    return hub.poll(pattern, hints::add);
  }

  private Descriptor push(String repository, String tag, long seed) {
    return hub.images.push(WatchedHub.name(repository), tag, RandomImage.of(seed));
  }
}
