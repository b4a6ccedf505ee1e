package dev.longshore.converter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.longshore.containerd.Containerd;
import dev.longshore.containerd.ContainerdImages;
import dev.longshore.containerd.testing.LocalStore;
import dev.longshore.events.ImageState;
import dev.longshore.events.Observed;
import dev.longshore.ipfs.testing.InMemoryIpfsNode;
import dev.longshore.ipfs.testing.InMemorySwarm;
import dev.longshore.model.Digest;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.Manifest;
import dev.longshore.oci.source.BlobStream;
import dev.longshore.oci.source.ImageSource;
import dev.longshore.runtime.kafka.step.PermanentFailure;
import dev.longshore.runtime.kafka.step.TransientFailure;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.testing.RandomImage;
import dev.longshore.testing.RandomImageOptions;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Images out of a containerd, in memory or real, without any registry. */
abstract class ContainerdSourceScenarios {
  static final String NODE = "node-1";
  private static final String NS = "default";
  private static final String IMAGE = "registry.test/team/app:v1";
  private static final RepositoryName NAME =
      RepositoryName.canonical("containerd/node-1/default/registry.test/team/app");
  private final InMemoryIpfsNode peer = new InMemorySwarm().node("ingest");

  abstract Containerd containerd() throws Exception;

  abstract LocalStore store();

  private TestConverter converter(ImageSource images) {
    return new TestConverter(images, peer);
  }

  private ImageSource images() throws Exception {
    return new ContainerdImages(List.of(containerd()));
  }

  @Test
  void anImageIsTheSameDagAsOutOfARegistryAndItsLeaseIsGivenBack() throws Exception {
    RandomImage image = RandomImage.of(1, RandomImageOptions.multiPlatform());
    store().load(NS, IMAGE, image);
    ImageState fromRegistry = new TestConverter().convert(image);

    TestConverter converter = converter(images());
    converter.handle(observed(image));

    assertThat(converter.announced())
        .singleElement()
        .satisfies(
            event -> {
              assertThat(event.imageDag()).isEqualTo(fromRegistry.imageDag());
              assertThat(event.root()).isEqualTo(fromRegistry.root());
              assertThat(event.name().registry()).isEqualTo("containerd");
            });
    assertThat(store().leases(NS)).isEmpty();
  }

  @Test
  void onlyThePlatformsThatAreThereAreConverted() throws Exception {
    RandomImage image =
        RandomImage.of(2, RandomImageOptions.small().withPlatforms("linux/amd64", "linux/arm64"));
    Digest arm = lastLayer(image, 1);
    store().load(NS, IMAGE, image);
    store().forget(NS, arm);
    TestConverter converter = converter(images());

    converter.handle(observed(image));
    assertThat(converter.catalog.conversions().ofDigest(Digest.parse(image.rootDigest())))
        .singleElement()
        .satisfies(state -> assertThat(state.platforms()).containsExactly("linux/amd64"));

    store().ingest(NS, image.blobs().get(arm.toString()));
    converter.handle(observed(image));
    assertThat(converter.catalog.conversions().ofDigest(Digest.parse(image.rootDigest())))
        .extracting(ImageState::platforms)
        .containsExactlyInAnyOrder(List.of("linux/amd64"), List.of("linux/amd64", "linux/arm64"));
    assertThat(store().leases(NS)).isEmpty();
  }

  @Test
  void whatIsDeletedDuringItsConversionIsConvertedWhole() throws Exception {
    RandomImage image = RandomImage.of(3);
    store().load(NS, IMAGE, image);
    TestConverter converter =
        converter(
            new DelegatingSource(images()) {
              @Override
              public byte[] manifest(RepositoryName name, Digest digest)
                  throws dev.longshore.oci.RegistryException {
                byte[] manifest = super.manifest(name, digest);
                deleteNow();
                return manifest;
              }
            });

    converter.handle(observed(image));

    assertThat(converter.announced()).hasSize(1);
    assertThat(store().leases(NS)).isEmpty();
  }

  private void deleteNow() {
    try {
      if (containerd().image(NS, IMAGE).isPresent()) {
        store().delete(NS, IMAGE);
      }
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void anImageThatIsNotWholeIsRefusedByNameOfWhatItLacks() throws Exception {
    RandomImage image = RandomImage.of(4);
    Digest layer = lastLayer(image, 0);
    store().load(NS, IMAGE, image);
    store().forget(NS, layer);
    TestConverter converter = converter(images());

    assertThat(
            catchThrowableOfType(PermanentFailure.class, () -> converter.handle(observed(image))))
        .hasMessageContaining(layer.toString())
        .returns("BLOB_UNKNOWN", PermanentFailure::reason);
    assertThat(store().leases(NS)).isEmpty();
  }

  @Test
  void aContainerdThatIsKilledMidwayIsWaitedFor() throws Exception {
    RandomImage image = RandomImage.of(5);
    store().load(NS, IMAGE, image);
    TestConverter converter =
        converter(
            new DelegatingSource(images()) {
              private boolean killed;

              @Override
              public BlobStream blob(RepositoryName name, Descriptor blob, long offset)
                  throws dev.longshore.oci.RegistryException {
                if (!killed) {
                  killed = true;
                  killNow();
                }
                return super.blob(name, blob, offset);
              }
            });

    assertThat(
            catchThrowableOfType(TransientFailure.class, () -> converter.handle(observed(image))))
        .returns("containerd node-1", TransientFailure::endpoint);

    store().start();
    Eventually.await("containerd is back", () -> converts(converter, image));
    assertThat(converter.announced()).hasSize(1);
    assertThat(store().leases(NS)).as("the one of the killed conversion too").isEmpty();
  }

  private static boolean converts(TestConverter converter, RandomImage image) {
    try {
      converter.handle(observed(image));
      return true;
    } catch (TransientFailure e) {
      return false;
    } catch (PermanentFailure | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private void killNow() {
    try {
      store().kill();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static Observed observed(RandomImage image) {
    var root = image.root();
    return TestConverter.observed(
        NAME,
        "v1",
        new Descriptor(root.mediaType(), Digest.parse(root.digest()), root.body().length));
  }

  private static Digest lastLayer(RandomImage image, int n) {
    var manifest = image.manifests().get(n);
    return Manifest.parse(manifest.body(), manifest.mediaType()).children().getLast().digest();
  }
}
