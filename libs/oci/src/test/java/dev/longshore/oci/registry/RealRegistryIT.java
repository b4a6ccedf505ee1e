package dev.longshore.oci.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.model.Digest;
import dev.longshore.model.Reference;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.ImageIndex;
import dev.longshore.oci.Manifest;
import dev.longshore.oci.ManifestHead;
import dev.longshore.oci.MediaType;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.RegistryException.Attempt;
import dev.longshore.oci.source.ImageSource;
import dev.longshore.oci.source.Page;
import dev.longshore.oci.testing.ImageSourceConformance;
import dev.longshore.oci.testing.InMemoryRegistry;
import dev.longshore.oci.testing.RegistryDaemon;
import dev.longshore.oci.testing.StoredImage;
import dev.longshore.testing.RandomImage;
import dev.longshore.testing.RandomImageOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Client and pusher against the CNCF registry, which passes the suite as the twin does. */
final class RealRegistryIT extends ImageSourceConformance {
  private static final AtomicInteger REPOSITORIES = new AtomicInteger();
  @TempDir static Path folder;
  private static RegistryDaemon registry;

  private final RepositoryName name = registry.name("team/app-" + REPOSITORIES.incrementAndGet());
  private final InMemoryRegistry source = new InMemoryRegistry();
  private final RegistryPusher pusher =
      new RegistryPusher(Registries.of(), ClientSettings.defaults());
  private final RegistryClient client = new RegistryClient(Registries.of());

  @BeforeAll
  static void start() throws Exception {
    registry = RegistryDaemon.start(folder);
  }

  @AfterAll
  static void stop() throws Exception {
    registry.close();
  }

  @Override
  protected RepositoryName name() {
    return name;
  }

  @Override
  protected ImageSource holding(List<StoredImage> images) throws RegistryException {
    for (StoredImage stored : images) {
      source.push(name, stored.tag(), stored.image());
      pusher.push(source, Reference.tagged(name, stored.tag()), name, stored.tag());
      keepReferrer(stored.image());
    }
    return client;
  }

  /** The registry has no referrers API: who pushes a referrer keeps the list under a tag. */
  private void keepReferrer(RandomImage image) throws RegistryException {
    Manifest manifest = Manifest.parse(image.root().body(), image.root().mediaType());
    if (manifest.subject().isPresent()) {
      Digest subject = manifest.subject().get().digest();
      ImageIndex index =
          ImageIndex.of(ManifestHead.of(MediaType.OCI_INDEX), source.referrers(name, subject));
      pusher.pushManifest(
          Reference.tagged(name, ReferrerReads.tag(subject)),
          index.mediaType(),
          index.raw().bytes());
    }
  }

  @Test
  void dockerImagesKeepTheirDigest() throws Exception {
    RandomImage image = RandomImage.of(40, RandomImageOptions.multiPlatform().asDocker());
    holding(List.of(new StoredImage(name, "docker", image)));

    Descriptor found = client.resolve(Reference.tagged(name, "docker"));

    assertThat(found).isEqualTo(rootOf(image));
    assertThat(found.mediaType()).isEqualTo(MediaType.DOCKER_LIST);
  }

  @Test
  void tagsAreListedInParts() throws Exception {
    RandomImage image = RandomImage.of(41);
    List<StoredImage> images =
        IntStream.range(0, 5).mapToObj(i -> new StoredImage(name, "t" + i, image)).toList();
    holding(images);

    Page first = client.tags(name, "n=2");

    assertThat(first.items()).containsExactly("t0", "t1");
    assertThat(first.next()).isPresent();
    assertThat(
            Page.all(
                new Attempt("list", "tags"), 100, c -> client.tags(name, c.isEmpty() ? "n=2" : c)))
        .containsExactly("t0", "t1", "t2", "t3", "t4");
  }

  @Test
  void repositoriesAreListedInParts() throws Exception {
    RandomImage image = RandomImage.of(42);
    for (String repository : List.of("parts/a", "parts/b", "parts/c")) {
      RepositoryName other = registry.name(repository);
      source.push(other, "v1", image);
      pusher.push(source, Reference.tagged(other, "v1"), other, "v1");
    }

    assertThat(
            Page.all(
                new Attempt("list", "catalog"),
                1_000,
                c -> client.catalog(registry.host(), c.isEmpty() ? "n=1" : c)))
        .contains("parts/a", "parts/b", "parts/c");
  }

  @Test
  void aLayerOfSeveralMegabytesGoesThereAndBack() throws Exception {
    RandomImage image = RandomImage.of(43, RandomImageOptions.small().withLayers(1, 8_000_000));
    holding(List.of(new StoredImage(name, "large", image)));
    Descriptor layer = blobsOf(image).getLast();

    try (var in = client.blob(name, layer, 0)) {
      assertThat(Digest.of(in.readAllBytes())).isEqualTo(layer.digest());
    }
  }
}
