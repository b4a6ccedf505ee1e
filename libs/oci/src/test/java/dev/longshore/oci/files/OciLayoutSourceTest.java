package dev.longshore.oci.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.longshore.model.Digest;
import dev.longshore.model.Reference;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.RegistryException.Kind;
import dev.longshore.oci.source.BlobStream;
import dev.longshore.oci.source.ImageSource;
import dev.longshore.oci.testing.ImageSourceConformance;
import dev.longshore.oci.testing.SavedImages;
import dev.longshore.oci.testing.StoredImage;
import dev.longshore.testing.RandomImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class OciLayoutSourceTest extends ImageSourceConformance {
  private static final RepositoryName NAME = RepositoryName.parse("registry.example/team/app");

  @TempDir Path folder;

  @Override
  protected RepositoryName name() {
    return NAME;
  }

  @Override
  protected ImageSource holding(List<StoredImage> images) throws IOException {
    return OciLayoutSource.open(SavedImages.layoutFolder(folder, images), NAME);
  }

  private Path with(RandomImage image) throws IOException {
    return SavedImages.layoutFolder(folder, List.of(new StoredImage(NAME, "v1", image)));
  }

  @Test
  void anImageIsAlsoFoundUnderTheNameItWasSavedAs() throws Exception {
    RandomImage image = RandomImage.of(1);
    var other = RepositoryName.parse("registry.example/other");

    OciLayoutSource source = OciLayoutSource.open(with(image), other);

    assertThat(source.resolve(Reference.tagged(other, "v1"))).isEqualTo(rootOf(image));
    assertThat(source.resolve(Reference.tagged(NAME, "v1"))).isEqualTo(rootOf(image));
    assertThat(source.images())
        .singleElement()
        .satisfies(named -> assertThat(named.full()).hasValue(Reference.tagged(NAME, "v1")));
  }

  @Test
  void anOnlyImageWithoutATagIsLatest() throws Exception {
    RandomImage image = RandomImage.of(2);
    Path layout = with(image);
    Path index = layout.resolve("index.json");
    Files.writeString(
        index,
        Files.readString(index)
            .replace("org.opencontainers.image.ref.name", "org.example.one")
            .replace("io.containerd.image.name", "org.example.two"));

    OciLayoutSource source = OciLayoutSource.open(layout, NAME);

    assertThat(source.resolve(Reference.tagged(NAME, "latest"))).isEqualTo(rootOf(image));
  }

  @Test
  void twoImagesOfOneTagNeedTheWholeName() throws Exception {
    var other = RepositoryName.parse("registry.example/other");
    var images =
        List.of(
            new StoredImage(NAME, "v1", RandomImage.of(3)),
            new StoredImage(other, "v1", RandomImage.of(4)));
    var third = RepositoryName.parse("registry.example/third");
    OciLayoutSource source = OciLayoutSource.open(SavedImages.layoutFolder(folder, images), third);

    assertThat(kind(() -> source.resolve(Reference.tagged(third, "v1"))))
        .isEqualTo(Kind.UNSUPPORTED);
    assertThat(source.resolve(Reference.tagged(other, "v1")).digest())
        .hasToString(RandomImage.of(4).rootDigest());
  }

  @Test
  void aBlobThatWasChangedOnDiskIsNotHandedOut() throws Exception {
    RandomImage image = RandomImage.of(5);
    Path layout = with(image);
    Descriptor layer = blobsOf(image).getLast();
    Path file = layout.resolve("blobs/sha256/" + layer.digest().hex());
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    Files.write(file, bytes);
    OciLayoutSource source = OciLayoutSource.open(layout, NAME);

    assertThat(
            kind(
                () -> {
                  try (BlobStream in = source.blob(NAME, layer, 0)) {
                    in.readAllBytes();
                  }
                }))
        .isEqualTo(Kind.BAD_CONTENT);
  }

  @Test
  void aManifestThatWasChangedOnDiskIsNotHandedOut() throws Exception {
    RandomImage image = RandomImage.of(6);
    Path layout = with(image);
    Digest root = Digest.parse(image.rootDigest());
    Files.writeString(layout.resolve("blobs/sha256/" + root.hex()), "{}");
    OciLayoutSource source = OciLayoutSource.open(layout, NAME);

    assertThat(kind(() -> source.manifest(NAME, root))).isEqualTo(Kind.BAD_CONTENT);
  }

  @Test
  void aFolderThatIsNoLayoutSaysSo() {
    assertThatThrownBy(() -> OciLayoutSource.open(folder, NAME))
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining(folder.toString())
        .hasMessageContaining("oci-layout");
  }

  @Test
  void anIndexThatIsNoIndexSaysSo() throws Exception {
    Path layout = with(RandomImage.of(7));
    Files.writeString(layout.resolve("index.json"), "[]");

    assertThatThrownBy(() -> OciLayoutSource.open(layout, NAME))
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining("index.json");
  }

  private static Kind kind(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    return catchThrowableOfType(RegistryException.class, call).kind();
  }
}
