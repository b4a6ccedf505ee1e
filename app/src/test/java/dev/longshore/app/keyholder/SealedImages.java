package dev.longshore.app.keyholder;

import dev.longshore.model.Digest;
import dev.longshore.model.Reference;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.ImageIndex;
import dev.longshore.oci.ImageManifest;
import dev.longshore.oci.IpfsEnabledManifests;
import dev.longshore.oci.Manifest;
import dev.longshore.oci.MediaType;
import dev.longshore.oci.testing.InMemoryRegistry;
import dev.longshore.ocicrypt.EncryptedLayer;
import dev.longshore.ocicrypt.EncryptedMediaType;
import dev.longshore.ocicrypt.LayerCipher;
import dev.longshore.ocicrypt.Recipients;
import dev.longshore.testing.RandomImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** A registry with an image whose layers are encrypted. */
final class SealedImages {
  static final RepositoryName NAME = RepositoryName.canonical("localhost:5055/team/app");

  final InMemoryRegistry registry = new InMemoryRegistry();

  /** Encrypts the image and pushes it. */
  ImageAt push(RandomImage source, Recipients to) throws IOException {
    return push(source, to, layers -> layers);
  }

  /**
   * The same by somebody who can write to the registry.
   *
   * @param meddling with the encrypted layers of each manifest
   */
  ImageAt push(RandomImage source, Recipients to, UnaryOperator<List<Descriptor>> meddling)
      throws IOException {
    registry.push(NAME, "plain", source);
    Descriptor top = sealed(source, source.rootDigest(), to, meddling);
    registry.tag(NAME, "v1", top.digest());
    return at("v1");
  }

  ImageAt at(String tag) {
    return new ImageAt("team/app:" + tag, registry, Reference.tagged(NAME, tag));
  }

  /** The IPFS-enabled form of an index, as it is read by its root CID. */
  ImageAt inIpfs(ImageAt image) throws IOException {
    ImageIndex index = (ImageIndex) read(image, image.source().resolve(image.from()));
    List<Descriptor> entries = new ArrayList<>();
    for (Descriptor entry : index.manifests()) {
      ImageManifest form =
          IpfsEnabledManifests.manifest(
              (ImageManifest) read(image, entry), child -> "cid-of-" + child.digest());
      pushed(form);
      entries.add(IpfsEnabledManifests.converted(withData(entry), form, "cid-of-" + form.digest()));
    }
    Descriptor top = pushed(IpfsEnabledManifests.index(index, entries));
    registry.tag(NAME, "ipfs", top.digest());
    return at("ipfs");
  }

  private static Descriptor withData(Descriptor entry) {
    return new Descriptor(
        entry.mediaType(),
        entry.digest(),
        entry.size(),
        entry.urls(),
        entry.annotations(),
        Optional.of("e30="),
        entry.platform(),
        entry.artifactType());
  }

  private Descriptor sealed(
      RandomImage source, String digest, Recipients to, UnaryOperator<List<Descriptor>> meddling)
      throws IOException {
    RandomImage.StoredManifest stored = source.manifest(digest);
    return switch (Manifest.parse(stored.body(), stored.mediaType())) {
      case ImageIndex index -> {
        List<Descriptor> entries = new ArrayList<>();
        for (Descriptor entry : index.manifests()) {
          Descriptor made = sealed(source, entry.digest().toString(), to, meddling);
          entries.add(
              entry.withMediaType(made.mediaType()).withContent(made.digest(), made.size()));
        }
        yield pushed(index.rewrite(entries));
      }
      case ImageManifest manifest -> {
        List<Descriptor> layers = new ArrayList<>();
        for (Descriptor layer : manifest.layers()) {
          byte[] plain = source.blobs().get(layer.digest().toString());
          layers.add(
              EncryptedMediaType.canEncrypt(layer.mediaType()) ? sealed(layer, plain, to) : layer);
        }
        yield pushed(manifest.rewrite(manifest.config().toOci(), meddling.apply(layers)));
      }
    };
  }

  private Descriptor sealed(Descriptor layer, byte[] plain, Recipients to) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    EncryptedLayer encrypted =
        LayerCipher.encrypt(
            new ByteArrayInputStream(plain), layer.digest(), to, out, new SecureRandom());
    registry.pushBlob(NAME, out.toByteArray());
    Map<String, String> annotations = new TreeMap<>(layer.annotations());
    annotations.putAll(encrypted.annotations());
    return layer
        .withMediaType(EncryptedMediaType.of(layer.mediaType()))
        .withContent(encrypted.digest(), encrypted.size())
        .withAnnotations(annotations);
  }

  private Descriptor pushed(Manifest manifest) {
    registry.pushManifest(NAME, manifest.mediaType(), manifest.raw().bytes());
    return manifest.descriptor();
  }

  /** The image for one platform, as it was pushed. */
  ImageManifest manifest(ImageAt image) throws IOException {
    return (ImageManifest) read(image, image.source().resolve(image.from()));
  }

  static Manifest read(ImageAt image, Descriptor described) throws IOException {
    byte[] body = image.source().manifest(image.from().name(), described.digest());
    return Manifest.parse(body, described.mediaType());
  }

  /** All bytes of a blob. */
  byte[] blob(Descriptor blob) throws IOException {
    return registry.blob(NAME, blob, 0).readAllBytes();
  }

  /** The layer with other bytes under the digest that they have. */
  Descriptor withBytes(Descriptor layer, byte[] bytes) {
    Digest digest = registry.pushBlob(NAME, bytes);
    return layer.withContent(digest, bytes.length);
  }

  static boolean isEncrypted(Descriptor layer) {
    return layer.mediaType().equals(MediaType.OCI_LAYER_GZIP + "+encrypted");
  }
}
