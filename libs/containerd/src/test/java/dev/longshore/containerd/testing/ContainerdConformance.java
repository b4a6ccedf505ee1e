package dev.longshore.containerd.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.longshore.containerd.Containerd;
import dev.longshore.containerd.ContainerdImages;
import dev.longshore.containerd.LocalEvent;
import dev.longshore.containerd.LocalEvent.ContentArrived;
import dev.longshore.containerd.LocalEvent.ImageChanged;
import dev.longshore.containerd.LocalEvents;
import dev.longshore.containerd.LocalImage;
import dev.longshore.containerd.LocalName;
import dev.longshore.model.Digest;
import dev.longshore.model.Platform;
import dev.longshore.model.Reference;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.RegistryException.Kind;
import dev.longshore.oci.source.Hold;
import dev.longshore.oci.source.ImagePresence;
import dev.longshore.testing.RandomImage;
import dev.longshore.testing.RandomImageOptions;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What a containerd does, in memory or real. */
public abstract class ContainerdConformance {
  private static final String NAME = "registry.test/team/app:v1";
  private static final Duration SOON = Duration.ofSeconds(20);

  /** Of this test alone, so that one daemon serves all of them. */
  private final String namespace = "ns-" + UUID.randomUUID().toString().substring(0, 8);

  protected abstract Containerd containerd();

  protected abstract LocalStore store();

  /** Waits until it can be asked again after it was started anew. */
  protected abstract void awaitConnection() throws Exception;

  @Test
  void aLoadedImageIsListedAndFoundByItsName() throws Exception {
    RandomImage image = RandomImage.of(1);
    store().load(namespace, NAME, image);

    assertThat(containerd().namespaces()).contains(namespace);
    assertThat(containerd().images(namespace)).extracting(LocalImage::name).containsExactly(NAME);
    LocalImage found = containerd().image(namespace, NAME).orElseThrow();
    assertThat(found.target()).isEqualTo(rootOf(image));
    assertThat(containerd().images(namespace)).containsExactly(found);
  }

  @Test
  void whatIsNotThereIsNone() throws Exception {
    Digest nothing = Digest.of(new byte[] {1, 2, 3});

    assertThat(containerd().image(namespace, NAME)).isEmpty();
    assertThat(containerd().images(namespace)).isEmpty();
    assertThat(containerd().size(namespace, nothing)).isEmpty();
    var failure =
        catchThrowableOfType(
            RegistryException.class,
            () -> {
              try (InputStream in = containerd().read(namespace, nothing, 0)) {
                in.readAllBytes();
              }
            });
    assertThat(failure.kind()).isEqualTo(Kind.NOT_FOUND);
  }

  @Test
  void contentIsReadFromAnyOffset() throws Exception {
    byte[] content = bytes(RandomImage.of(2, RandomImageOptions.small().withLayers(1, 3 << 20)));
    store()
        .load(
            namespace, NAME, RandomImage.of(2, RandomImageOptions.small().withLayers(1, 3 << 20)));
    Digest digest = Digest.of(content);

    assertThat(containerd().size(namespace, digest)).hasValue(content.length);
    for (int offset : new int[] {0, 1, (1 << 20) + 1, content.length - 1}) {
      try (InputStream in = containerd().read(namespace, digest, offset)) {
        assertThat(Digest.of(in.readAllBytes()))
            .isEqualTo(Digest.of(java.util.Arrays.copyOfRange(content, offset, content.length)));
      }
    }
  }

  @Test
  void aNamespaceDoesNotShowTheContentOfAnother() throws Exception {
    RandomImage image = RandomImage.of(3);
    store().load(namespace, NAME, image);

    assertThat(containerd().size(namespace + "-other", rootOf(image).digest())).isEmpty();
  }

  @Test
  void everythingThatHappensAfterSubscribingArrives() throws Exception {
    RandomImage image = RandomImage.of(4);
    try (LocalEvents events = containerd().subscribe()) {
      store().load(namespace, NAME, image);
      store().tag(namespace, NAME, "registry.test/team/app:v2");
      store().delete(namespace, NAME);

      List<LocalEvent> seen = until(events, new ImageChanged(namespace, NAME), 2);
      assertThat(seen)
          .contains(
              new ContentArrived(namespace, rootOf(image).digest()),
              new ImageChanged(namespace, "registry.test/team/app:v2"));
    }
  }

  @Test
  void aMovedNameIsAnEventAndPointsToTheNewImage() throws Exception {
    RandomImage second = RandomImage.of(6);
    store().load(namespace, NAME, RandomImage.of(5));
    store().load(namespace, "registry.test/team/app:v2", second);
    try (LocalEvents events = containerd().subscribe()) {
      store().tag(namespace, "registry.test/team/app:v2", NAME);

      until(events, new ImageChanged(namespace, NAME), 1);
    }
    assertThat(containerd().image(namespace, NAME).orElseThrow().target())
        .isEqualTo(rootOf(second));
  }

  @Test
  void noEventIsNoneInTime() throws Exception {
    try (LocalEvents events = containerd().subscribe()) {
      assertThat(
              events
                  .next(Duration.ofMillis(1))
                  .filter(event -> event.namespace().equals(namespace)))
          .isEmpty();
    }
  }

  @Test
  void aLeaseKeepsADeletedImagesContentUntilItIsGivenBack() throws Exception {
    RandomImage image = RandomImage.of(7);
    store().load(namespace, NAME, image);
    Descriptor root = rootOf(image);

    try (Hold hold = containerd().lease(namespace, root.digest(), Duration.ofMinutes(10))) {
      assertThat(hold).isNotNull();
      assertThat(store().leases(namespace)).hasSize(1);
      store().delete(namespace, NAME);
      for (String blob : image.blobs().keySet()) {
        assertThat(containerd().size(namespace, Digest.parse(blob))).isPresent();
      }
    }

    assertThat(store().leases(namespace)).isEmpty();
    store().load(namespace, "registry.test/other:1", RandomImage.of(8));
    store().delete(namespace, "registry.test/other:1");
    assertThat(containerd().size(namespace, root.digest())).isEmpty();
  }

  @Test
  void aLeaseThatNobodyGaveBackEndsByItself() throws Exception {
    RandomImage image = RandomImage.of(9);
    store().load(namespace, NAME, image);
    Hold forgotten = containerd().lease(namespace, rootOf(image).digest(), Duration.ofSeconds(3));
    assertThat(forgotten).isNotNull();
    store().delete(namespace, NAME);
    assertThat(containerd().size(namespace, rootOf(image).digest())).isPresent();

    long end = System.nanoTime() + SOON.toNanos();
    while (containerd().size(namespace, rootOf(image).digest()).isPresent()) {
      assertThat(System.nanoTime()).isLessThan(end);
      // Each deletion has the collector run.
      store().load(namespace, NAME, RandomImage.of(90));
      store().delete(namespace, NAME);
    }
    assertThat(store().leases(namespace)).isEmpty();
  }

  @Test
  void aLeaseThatWasToBeGivenBackWhileContainerdWasAwayIsGivenBackWithTheNext() throws Exception {
    RandomImage image = RandomImage.of(11);
    store().load(namespace, NAME, image);
    Digest root = rootOf(image).digest();
    Hold hold = containerd().lease(namespace, root, Duration.ofMinutes(10));

    store().kill();
    hold.close();
    store().start();
    assertThat(store().leases(namespace)).as("containerd kept it").hasSize(1);
    awaitConnection();
    Hold next = containerd().lease(namespace, root, Duration.ofMinutes(10));

    assertThat(store().leases(namespace)).hasSize(1);
    next.close();
    assertThat(store().leases(namespace)).isEmpty();
  }

  @Test
  void whatIsThereOfAnImageIsToldByPlatform() throws Exception {
    RandomImage image =
        RandomImage.of(10, RandomImageOptions.small().withPlatforms("linux/amd64", "linux/arm64"));
    store().load(namespace, NAME, image);
    var images = new ContainerdImages(List.of(containerd()));
    Reference name = LocalName.of(containerd().node(), namespace, NAME).orElseThrow();
    Descriptor root = images.resolve(name);
    assertWhole(images.presence(name.name(), root, List.of()));

    Digest arm = layerOf(image, 1);
    store().forget(namespace, arm);

    ImagePresence partial = images.presence(name.name(), root, List.of());
    assertThat(partial.platforms()).contains(List.of(Platform.parse("linux/amd64")));
    assertThat(partial.missing()).containsExactly(arm);
    ImagePresence none = images.presence(name.name(), root, List.of(Platform.parse("linux/arm64")));
    assertThat(none.platforms()).isEqualTo(Optional.empty());

    try (LocalEvents events = containerd().subscribe()) {
      store().ingest(namespace, image.blobs().get(arm.toString()));
      until(events, new ContentArrived(namespace, arm), 1);
    }
    assertWhole(images.presence(name.name(), root, List.of()));
  }

  private static void assertWhole(ImagePresence presence) {
    assertThat(presence.platforms()).contains(List.of());
    assertThat(presence.there())
        .containsExactly(Platform.parse("linux/amd64"), Platform.parse("linux/arm64"));
    assertThat(presence.missing()).isEmpty();
  }

  /** The last layer of the image's n-th manifest. */
  private static Digest layerOf(RandomImage image, int n) {
    var manifest = image.manifests().get(n);
    return dev.longshore.oci.Manifest.parse(manifest.body(), manifest.mediaType())
        .children()
        .getLast()
        .digest();
  }

  private static byte[] bytes(RandomImage image) {
    return image.blobs().get(layerOf(image, 0).toString());
  }

  private static Descriptor rootOf(RandomImage image) {
    var root = image.root();
    return new Descriptor(root.mediaType(), Digest.parse(root.digest()), root.body().length);
  }

  /** Everything of this namespace up to the n-th time that this event comes. */
  private List<LocalEvent> until(LocalEvents events, LocalEvent last, int times)
      throws RegistryException {
    var seen = new ArrayList<LocalEvent>();
    long end = System.nanoTime() + SOON.toNanos();
    while (seen.stream().filter(last::equals).count() < times) {
      if (System.nanoTime() > end) {
        throw new AssertionError(last + " did not come " + times + " times, but " + seen);
      }
      events
          .next(Duration.ofMillis(500))
          .filter(event -> event.namespace().equals(namespace))
          .ifPresent(seen::add);
    }
    return seen;
  }
}
