package dev.longshore.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.ImageState;
import dev.longshore.model.Digest;
import dev.longshore.model.Reference;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.ImageManifest;
import dev.longshore.oci.Manifest;
import dev.longshore.oci.ManifestHead;
import dev.longshore.oci.MediaType;
import dev.longshore.oci.registry.ClientSettings;
import dev.longshore.oci.registry.Registries;
import dev.longshore.oci.registry.RegistryClient;
import dev.longshore.oci.registry.RegistryConfig;
import dev.longshore.oci.registry.RegistryPusher;
import dev.longshore.oci.testing.InMemoryRegistry;
import dev.longshore.oci.testing.RegistryDaemon;
import dev.longshore.programs.FreePorts;
import dev.longshore.runtime.edge.http.HttpEdge;
import dev.longshore.settings.value.Listen;
import dev.longshore.testing.RandomImage;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real registry that takes foreign layers, and somebody who names what he may not read. */
@Timeout(120)
class OtherRepositoryIT {
  private static final String FOREIGN_LAYERS =
      """
      validation:
        manifests:
          urls:
            allow:
              - ^https://vendor[.]example/
      """;

  @TempDir Path folder;
  private RegistryDaemon registry;
  private RegistryPusher pusher;
  private InMemoryLongshore longshore;
  private HttpEdge resolver;

  @BeforeEach
  void start() throws Exception {
    registry =
        RegistryDaemon.start(
            folder, FreePorts.find(), settings -> settings, yaml -> yaml + FOREIGN_LAYERS);
    Registries registries = Registries.of(RegistryConfig.of(registry.host()));
    pusher = new RegistryPusher(registries, ClientSettings.defaults());
    longshore = new InMemoryLongshore(folder, registry.host(), new RegistryClient(registries));
    resolver = longshore.serve();
  }

  @AfterEach
  void stop() throws Exception {
    resolver.stop(Duration.ZERO);
    longshore.close();
    registry.close();
  }

  @Test
  void aLayerOfAnotherRepositoryIsServedThereAlone() throws Exception {
    RepositoryName secret = registry.name("secret/app");
    var source = new InMemoryRegistry();
    Descriptor image = source.push(secret, "1", RandomImage.of(1));
    pusher.push(source, Reference.tagged(secret, "1"), secret, "1");
    longshore.tell(secret, "1", image);
    longshore.awaitCopies(image, 3);
    Descriptor layer =
        Manifest.parse(source.manifest(secret, image.digest()), image.mediaType())
            .children()
            .getLast();
    assertThat(get("secret/app", "blobs", layer.digest()).statusCode()).isEqualTo(200);

    RepositoryName mallory = registry.name("mallory/x");
    Descriptor naming = pushNaming(layer, mallory);
    longshore.tell(mallory, "1", naming);
    longshore.awaitCopies(naming, 3);

    assertThat(get("mallory/x", "manifests", naming.digest()).statusCode()).isEqualTo(200);
    assertThat(get("mallory/x", "blobs", layer.digest()).statusCode()).isEqualTo(404);
    assertThat(longshore.catalog.conversions().ofDigest(naming.digest()))
        .singleElement()
        .extracting(ImageState::missing)
        .isEqualTo(List.of(layer.digest()));
    assertThat(get("secret/app", "blobs", layer.digest()).statusCode()).isEqualTo(200);
  }

  @Test
  void anImageOfAnotherRepositoryIsServedWithoutTheLayersThatThisOneLacks() throws Exception {
    RepositoryName secret = registry.name("secret/app");
    byte[] bytes = "what nobody else may read".getBytes(StandardCharsets.UTF_8);
    pusher.pushBlob(secret, bytes);
    Descriptor layer = Descriptor.of(MediaType.OCI_LAYER_GZIP, bytes);
    Descriptor image = pushNaming(layer, secret);
    longshore.tell(secret, "1", image);
    longshore.awaitCopies(image, 3);
    RepositoryName mallory = registry.name("mallory/x");

    assertThat(pushNaming(layer, mallory)).isEqualTo(image);
    longshore.tell(mallory, "1", image);

    HttpResponse<byte[]> manifest = awaitServed("mallory/x", image.digest());
    assertThat(Digest.of(manifest.body())).isEqualTo(image.digest());
    assertThat(get("mallory/x", "blobs", layer.digest()).statusCode()).isEqualTo(404);
    assertThat(get("secret/app", "blobs", layer.digest()).body()).isEqualTo(bytes);
  }

  /** The catalog changes when it is known, and when it has copies. */
  private HttpResponse<byte[]> awaitServed(String repository, Digest manifest) throws Exception {
    return longshore
        .catalog
        .await(
            () -> Optional.of(served(repository, manifest)).filter(a -> a.statusCode() == 200),
            InMemoryLongshore.SOON)
        .orElseThrow();
  }

  private HttpResponse<byte[]> served(String repository, Digest manifest) {
    try {
      return get(repository, "manifests", manifest);
    } catch (Exception e) {
      throw new AssertionError("GET a manifest of " + repository, e);
    }
  }

  /** An image whose only layer is that one, said to be a vendor's. */
  private Descriptor pushNaming(Descriptor layer, RepositoryName name) throws Exception {
    byte[] config =
        "{\"os\":\"linux\",\"architecture\":\"amd64\"}".getBytes(StandardCharsets.UTF_8);
    pusher.pushBlob(name, config);
    ImageManifest manifest =
        ImageManifest.of(
            ManifestHead.of(MediaType.OCI_MANIFEST),
            Descriptor.of(MediaType.OCI_CONFIG, config),
            List.of(
                layer
                    .withMediaType(MediaType.OCI_FOREIGN_LAYER_GZIP)
                    .withUrls(List.of("https://vendor.example/layer"))));
    pusher.pushManifest(Reference.tagged(name, "1"), manifest.mediaType(), manifest.raw().bytes());
    return manifest.descriptor();
  }

  private HttpResponse<byte[]> get(String repository, String kind, Digest digest) throws Exception {
    Listen at = resolver.address();
    URI uri =
        URI.create(
            "http://%s:%d/v2/%s/%s/%s/%s"
                .formatted(
                    at.host(), at.port(), registry.host().pathForm(), repository, kind, digest));
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(
          HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(30)).build(),
          BodyHandlers.ofByteArray());
    }
  }
}
