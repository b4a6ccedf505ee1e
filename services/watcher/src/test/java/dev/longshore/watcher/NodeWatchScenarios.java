package dev.longshore.watcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.catalog.Catalog;
import dev.longshore.containerd.Containerd;
import dev.longshore.containerd.LocalEvents;
import dev.longshore.containerd.LocalImage;
import dev.longshore.containerd.testing.LocalStore;
import dev.longshore.events.Observed;
import dev.longshore.events.Origin;
import dev.longshore.events.TagState;
import dev.longshore.model.Digest;
import dev.longshore.oci.Manifest;
import dev.longshore.oci.RegistryException;
import dev.longshore.testing.RandomImage;
import dev.longshore.testing.RandomImageOptions;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the watcher learns of a containerd, in memory or real. */
abstract class NodeWatchScenarios {
  private static final String NS = "k8s.io";
  private static final String REPOSITORY = "registry.test/team/app";
  private static final String PATH = NS + "/" + REPOSITORY;
  private final Catalog catalog = Catalog.inMemory(Clock.systemUTC());

  abstract Containerd containerd() throws Exception;

  abstract LocalStore store();

  @AfterEach
  void end() {
    catalog.close();
  }

  private FollowedNode follow(String... namespaces) throws Exception {
    return new FollowedNode(containerd(), catalog, List.of(namespaces));
  }

  @Test
  void aLoadedImageIsObservedUnderItsNodeAndNamespaceAlone() throws Exception {
    RandomImage image = RandomImage.of(1);
    try (FollowedNode node = follow()) {
      store().load(NS, REPOSITORY + ":v1", image);

      TagState tag = node.awaitTag(PATH, "v1", image.rootDigest());
      assertThat(tag.key()).isEqualTo("containerd/node-1/k8s.io/registry.test/team/app:v1");
      assertThat(tag.origin()).isEqualTo(Origin.CONTAINERD);
      assertThat(tag.mediaType()).isEqualTo(image.root().mediaType());
      assertThat(tag.size()).isEqualTo(image.root().body().length);
      assertThat(node.observed)
          .isNotEmpty()
          .allSatisfy(event -> assertThat(event.key()).isEqualTo(tag.key()));
      assertThat(catalog.tags().byKey("registry.test/team/app:v1")).isEmpty();
    }
  }

  @Test
  void whatWasThereBeforeIsObserved() throws Exception {
    RandomImage image = RandomImage.of(2);
    store().load(NS, REPOSITORY + ":v1", image);
    try (FollowedNode node = follow()) {
      node.awaitTag(PATH, "v1", image.rootDigest());
    }
  }

  @Test
  void aTagThatMovesKeepsItsFormerDigestInItsHistory() throws Exception {
    RandomImage first = RandomImage.of(3);
    RandomImage second = RandomImage.of(4);
    try (FollowedNode node = follow()) {
      store().load(NS, REPOSITORY + ":v1", first);
      node.awaitTag(PATH, "v1", first.rootDigest());
      store().load(NS, REPOSITORY + ":v2", second);
      store().tag(NS, REPOSITORY + ":v2", REPOSITORY + ":v1");

      assertThat(node.awaitTag(PATH, "v1", second.rootDigest()).previous())
          .containsExactly(Digest.parse(first.rootDigest()));
      store().tag(NS, REPOSITORY + ":v2", "registry.test/team/other:latest");
      node.awaitTag(NS + "/registry.test/team/other", "latest", second.rootDigest());
    }
  }

  @Test
  void aDeletedImagesTagIsMarkedDeletedAndComesBack() throws Exception {
    RandomImage image = RandomImage.of(5);
    try (FollowedNode node = follow()) {
      store().load(NS, REPOSITORY + ":v1", image);
      node.awaitTag(PATH, "v1", image.rootDigest());

      store().delete(NS, REPOSITORY + ":v1");
      node.awaitGone(PATH, "v1");

      store().load(NS, REPOSITORY + ":v1", image);
      node.awaitTag(PATH, "v1", image.rootDigest());
    }
  }

  @Test
  void whatHappenedWhileNobodyListenedIsFoundAfterwards() throws Exception {
    RandomImage stays = RandomImage.of(6);
    RandomImage comes = RandomImage.of(7);
    try (FollowedNode node = follow()) {
      store().load(NS, REPOSITORY + ":stays", stays);
      store().load(NS, REPOSITORY + ":goes", stays);
      store().load("gone-namespace", REPOSITORY + ":goes", stays);
      node.awaitTag(PATH, "stays", stays.rootDigest());
      node.awaitTag(PATH, "goes", stays.rootDigest());
      node.awaitTag("gone-namespace/" + REPOSITORY, "goes", stays.rootDigest());
    }
    store().delete(NS, REPOSITORY + ":goes");
    store().delete("gone-namespace", REPOSITORY + ":goes");
    store().load(NS, REPOSITORY + ":comes", comes);

    try (FollowedNode node = follow()) {
      node.awaitTag(PATH, "comes", comes.rootDigest());
      node.awaitGone(PATH, "goes");
      node.awaitGone("gone-namespace/" + REPOSITORY, "goes");
      assertThat(node.tag(PATH, "stays").orElseThrow().deleted()).isFalse();
      assertThat(node.observedAs(PATH, "goes")).isEmpty();
    }
  }

  @Test
  void aContainerdThatIsKilledIsFollowedAgain() throws Exception {
    RandomImage before = RandomImage.of(8);
    RandomImage after = RandomImage.of(9);
    try (FollowedNode node = follow()) {
      store().load(NS, REPOSITORY + ":before", before);
      node.awaitTag(PATH, "before", before.rootDigest());

      store().kill();
      store().start();
      store().delete(NS, REPOSITORY + ":before");
      store().load(NS, REPOSITORY + ":after", after);

      node.awaitTag(PATH, "after", after.rootDigest());
      node.awaitGone(PATH, "before");
    }
  }

  @Test
  void whatComesWhileTheImagesAreListedIsObserved() throws Exception {
    RandomImage first = RandomImage.of(16);
    RandomImage between = RandomImage.of(17);
    store().load(NS, REPOSITORY + ":first", first);
    var listed = new AtomicBoolean();
    Containerd containerd =
        new Interposed(containerd()) {
          @Override
          public List<LocalImage> images(String namespace) throws RegistryException {
            List<LocalImage> images = super.images(namespace);
            if (!listed.getAndSet(true)) {
              run(() -> store().load(NS, REPOSITORY + ":between", between));
            }
            return images;
          }
        };
    try (FollowedNode node = new FollowedNode(containerd, catalog, List.of())) {
      node.awaitTag(PATH, "first", first.rootDigest());
      node.awaitTag(PATH, "between", between.rootDigest());
    }
  }

  @Test
  void whatChangedBetweenTheEndOfTheEventsAndTheNextOnesIsObserved() throws Exception {
    RandomImage before = RandomImage.of(18);
    RandomImage unheard = RandomImage.of(19);
    store().load(NS, REPOSITORY + ":goes", before);
    var subscriptions = new AtomicInteger();
    Containerd containerd =
        new Interposed(containerd()) {
          @Override
          public LocalEvents subscribe() throws RegistryException {
            if (subscriptions.incrementAndGet() == 2) {
              run(() -> store().delete(NS, REPOSITORY + ":goes"));
              run(() -> store().load(NS, REPOSITORY + ":unheard", unheard));
            }
            return super.subscribe();
          }
        };
    try (FollowedNode node = new FollowedNode(containerd, catalog, List.of())) {
      node.awaitTag(PATH, "goes", before.rootDigest());

      store().kill();
      store().start();

      node.awaitTag(PATH, "unheard", unheard.rootDigest());
      node.awaitGone(PATH, "goes");
    }
  }

  @FunctionalInterface
  private interface Deed {
    void run() throws Exception;
  }

  private static void run(Deed deed) {
    try {
      deed.run();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void anIncompleteImageWaitsUntilItIsWhole() throws Exception {
    RandomImage image = RandomImage.of(10);
    Digest layer = layerOf(image, 0);
    try (FollowedNode node = follow()) {
      store().load(NS, REPOSITORY + ":whole", image);
      node.awaitTag(PATH, "whole", image.rootDigest());
      store().forget(NS, layer);
      store().tag(NS, REPOSITORY + ":whole", REPOSITORY + ":late");
      RandomImage next = RandomImage.of(11);
      store().load(NS, REPOSITORY + ":next", next);

      // Hints come in order, so the one about the incomplete image was handled.
      node.awaitTag(PATH, "next", next.rootDigest());
      assertThat(node.tag(PATH, "late")).isEmpty();

      store().ingest(NS, image.blobs().get(layer.toString()));
      node.awaitTag(PATH, "late", image.rootDigest());
    }
  }

  @Test
  void anImageThatGrowsByAPlatformIsObservedAgain() throws Exception {
    RandomImage image =
        RandomImage.of(12, RandomImageOptions.small().withPlatforms("linux/amd64", "linux/arm64"));
    Digest arm = layerOf(image, 1);
    store().load(NS, REPOSITORY + ":v1", image);
    store().forget(NS, arm);
    try (FollowedNode node = follow()) {
      node.awaitTag(PATH, "v1", image.rootDigest());
      Observed first = node.await(() -> node.observedAs(PATH, "v1").stream().findFirst());
      node.converted(first, "linux/amd64");
      int before = node.observedAs(PATH, "v1").size();

      store().ingest(NS, image.blobs().get(arm.toString()));

      node.await(() -> Optional.of(1).filter(_ -> node.observedAs(PATH, "v1").size() > before));
    }
  }

  @Test
  void whatCameFromLongshoreIsNotMirroredAgain() throws Exception {
    String cid = "bafkreifzjut3te7nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e";
    RandomImage image = RandomImage.of(13);
    try (FollowedNode node = follow()) {
      store().load(NS, "localhost:5050/docker.io/library/alpine:3", image);
      store().load(NS, "localhost:5050/ipfs/" + cid + ":latest", image);
      store().load(NS, "mirror.test/ipfs/" + cid + ":latest", image);
      // As clients name what they pulled by ipfs://CID.
      store().tag(NS, "mirror.test/ipfs/" + cid + ":latest", cid);
      store().load(NS, REPOSITORY + ":v1", image);

      node.awaitTag(PATH, "v1", image.rootDigest());
      assertThat(node.observed)
          .extracting(observed -> observed.name().repository())
          .containsOnly("node-1/k8s.io/registry.test/team/app");
    }
  }

  @Test
  void onlyTheChosenNamespacesAreWatched() throws Exception {
    RandomImage image = RandomImage.of(14);
    try (FollowedNode node = follow("chosen")) {
      store().load("other", REPOSITORY + ":v1", image);
      store().load("chosen", REPOSITORY + ":v1", image);

      node.awaitTag("chosen/" + REPOSITORY, "v1", image.rootDigest());
      assertThat(node.tag("other/" + REPOSITORY, "v1")).isEmpty();
    }
  }

  @Test
  void aHintThatCouldNotBeStoredIsTriedAgain() throws Exception {
    RandomImage image = RandomImage.of(15);
    try (FollowedNode node = follow()) {
      node.refusals.set(2);
      store().load(NS, REPOSITORY + ":v1", image);

      node.awaitTag(PATH, "v1", image.rootDigest());
      assertThat(node.refusals).hasValue(0);
    }
  }

  /** The last layer of the image's n-th manifest. */
  private static Digest layerOf(RandomImage image, int n) {
    var manifest = image.manifests().get(n);
    return Manifest.parse(manifest.body(), manifest.mediaType()).children().getLast().digest();
  }
}
