package dev.longshore.converter;

import dev.longshore.model.Digest;
import dev.longshore.model.Platform;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.ImageIndex;
import dev.longshore.oci.ImageManifest;
import dev.longshore.oci.Manifest;
import dev.longshore.oci.ManifestHead;
import dev.longshore.oci.MediaType;
import dev.longshore.oci.testing.InMemoryRegistry;
import dev.longshore.testing.RandomImage;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;

/** Pushes images by hand, part by part, so that a part can be wrong. */
public final class Uploads {
  private final InMemoryRegistry registry;
  private final RepositoryName name;

  public Uploads(InMemoryRegistry registry, RepositoryName name) {
    this.registry = registry;
    this.name = name;
  }

  public static byte[] bytes(long seed, int size) {
    byte[] bytes = new byte[size];
    new SplittableRandom(seed).nextBytes(bytes);
    return bytes;
  }

  public Descriptor layer(long seed, int size) {
    return layer(MediaType.OCI_LAYER, bytes(seed, size));
  }

  public Descriptor layer(String mediaType, byte[] content) {
    registry.pushBlob(name, content);
    return Descriptor.of(mediaType, content);
  }

  Descriptor config() {
    return layer(
        MediaType.OCI_CONFIG,
        "{\"os\":\"linux\",\"architecture\":\"amd64\"}".getBytes(StandardCharsets.UTF_8));
  }

  Descriptor image(Descriptor... layers) {
    return push(
        ImageManifest.of(ManifestHead.of(MediaType.OCI_MANIFEST), config(), List.of(layers)));
  }

  Descriptor index(Descriptor... entries) {
    return push(ImageIndex.of(ManifestHead.of(MediaType.OCI_INDEX), List.of(entries)));
  }

  Descriptor push(Manifest manifest) {
    registry.pushManifest(name, manifest.mediaType(), manifest.raw().bytes());
    return manifest.descriptor();
  }

  Descriptor push(RandomImage image) {
    image.blobs().values().forEach(blob -> registry.pushBlob(name, blob));
    image.manifests().forEach(m -> registry.pushManifest(name, m.mediaType(), m.body()));
    return Descriptor.of(image.root().mediaType(), image.root().body());
  }

  static Descriptor on(String platform, Descriptor image) {
    return image.withPlatform(Platform.parse(platform));
  }

  /** The same layer, said to be a vendor's. */
  static Descriptor foreign(Descriptor layer) {
    return layer
        .withMediaType(MediaType.OCI_FOREIGN_LAYER_GZIP)
        .withUrls(List.of("https://vendor.example/layer"));
  }

  /** A descriptor of something that nobody has. */
  static Descriptor absent(String mediaType) {
    return new Descriptor(mediaType, Digest.sha256("0".repeat(64)), 10);
  }
}
