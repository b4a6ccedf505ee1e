package dev.longshore.oci.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.longshore.model.Digest;
import dev.longshore.model.Reference;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.ImageIndex;
import dev.longshore.oci.ImageManifest;
import dev.longshore.oci.ManifestHead;
import dev.longshore.oci.MediaType;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.RegistryException.Kind;
import dev.longshore.oci.testing.Fault;
import dev.longshore.oci.testing.HttpRegistry;
import dev.longshore.oci.testing.InMemoryRegistry;
import dev.longshore.testing.RandomImage;
import dev.longshore.testing.RandomImageOptions;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class RegistryPusherTest {
  private static final RepositoryName FROM = RepositoryName.parse("source.example/app");

  private final InMemoryRegistry source = new InMemoryRegistry();
  private ClientFixture target;
  private RepositoryName to;
  private RegistryPusher pusher;

  @BeforeEach
  void start() throws Exception {
    target = ClientFixture.plain();
    to = target.server.name("pushed/app");
    pusher = new RegistryPusher(Registries.of(), target.settings());
  }

  @AfterEach
  void stop() {
    target.close();
  }

  private Descriptor push() throws RegistryException {
    return pusher.push(source, Reference.tagged(FROM, "v1"), to, "v2");
  }

  private List<String> written() {
    return target.server.requests().stream()
        .filter(r -> r.method().equals("PUT"))
        .map(HttpRegistry.Seen::path)
        .toList();
  }

  @Test
  void anImageArrivesWholeAndTheTagLast() throws Exception {
    RandomImage image = RandomImage.of(5, RandomImageOptions.multiPlatform().withEmptyLayer());
    source.push(FROM, "v1", image);

    Descriptor pushed = push();

    assertThat(pushed.digest()).hasToString(image.rootDigest());
    assertThat(target.client().resolve(Reference.tagged(to, "v2"))).isEqualTo(pushed);
    for (var manifest : image.manifests()) {
      assertThat(target.client().manifest(to, Digest.parse(manifest.digest())))
          .isEqualTo(manifest.body());
    }
    for (var blob : image.blobs().entrySet()) {
      var described = Descriptor.of(MediaType.OCTET_STREAM, blob.getValue());
      try (var in = target.client().blob(to, described, 0)) {
        assertThat(in.readAllBytes()).isEqualTo(blob.getValue());
      }
    }
    assertThat(written().getLast()).endsWith("/manifests/v2");
    assertThat(written().stream().filter(p -> p.endsWith("v2"))).hasSize(1);
  }

  @Test
  void blobsThatAreThereAreNotSentAgain() throws Exception {
    source.push(FROM, "v1", RandomImage.of(6));
    push();
    long before = written().stream().filter(p -> p.contains("/uploads/")).count();

    push();

    assertThat(written().stream().filter(p -> p.contains("/uploads/"))).hasSize((int) before);
    assertThat(before).isEqualTo(3);
  }

  @Test
  void aFailureInPassingIsRepeated() throws Exception {
    RandomImage image = RandomImage.of(7);
    source.push(FROM, "v1", image);
    Digest config = Digest.parse(image.blobs().keySet().iterator().next());
    source.faults().next(config.toString(), new Fault.CutAfter(3));

    assertThat(push().digest()).hasToString(image.rootDigest());
    assertThat(target.pauses).hasSize(1);
  }

  @Test
  void aDamagedSourceIsNotTagged() {
    RandomImage image = RandomImage.of(8);
    source.push(FROM, "v1", image);
    String blob = image.blobs().keySet().iterator().next();
    source.faults().always(blob, new Fault.WrongByte());

    RegistryException failure = catchThrowableOfType(RegistryException.class, this::push);

    assertThat(failure.kind()).isEqualTo(Kind.BAD_CONTENT);
    assertThat(written()).noneMatch(p -> p.contains("/manifests/"));
  }

  @Test
  void aForeignLayerThatTheSourceLacksIsLeftOut() throws Exception {
    byte[] config = {'{', '}'};
    source.pushBlob(FROM, config);
    var foreign =
        new Descriptor(MediaType.OCI_FOREIGN_LAYER_GZIP, Digest.of(new byte[] {9}), 1)
            .withUrls(List.of("https://vendor.example/layer"));
    ImageManifest image =
        ImageManifest.of(
            ManifestHead.of(MediaType.OCI_MANIFEST),
            Descriptor.of(MediaType.OCI_CONFIG, config),
            List.of(foreign));
    source.tag(FROM, "v1", source.pushManifest(FROM, image.mediaType(), image.raw().bytes()));

    assertThat(push().digest()).isEqualTo(image.digest());
  }

  @Test
  void aPlainLayerThatTheSourceLacksIsAFailure() {
    ImageManifest image =
        ImageManifest.of(
            ManifestHead.of(MediaType.OCI_MANIFEST),
            new Descriptor(MediaType.OCI_CONFIG, Digest.of(new byte[] {9}), 1),
            List.of());
    source.tag(FROM, "v1", source.pushManifest(FROM, image.mediaType(), image.raw().bytes()));

    assertThat(catchThrowableOfType(RegistryException.class, this::push).kind())
        .isEqualTo(Kind.NOT_FOUND);
  }

  @Test
  void indexesWithinIndexesHaveALimit() {
    ImageIndex index = ImageIndex.of(ManifestHead.of(MediaType.OCI_INDEX), List.of());
    for (int i = 0; i <= RegistryPusher.MAX_DEPTH + 1; i++) {
      source.tag(FROM, "v1", source.pushManifest(FROM, index.mediaType(), index.raw().bytes()));
      index = ImageIndex.of(ManifestHead.of(MediaType.OCI_INDEX), List.of(index.descriptor()));
    }

    assertThat(catchThrowableOfType(RegistryException.class, this::push).kind())
        .isEqualTo(Kind.LIMIT);
  }
}
