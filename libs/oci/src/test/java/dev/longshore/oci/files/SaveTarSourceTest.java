package dev.longshore.oci.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import dev.longshore.model.Reference;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.ImageManifest;
import dev.longshore.oci.Manifest;
import dev.longshore.oci.MediaType;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.source.BlobStream;
import dev.longshore.oci.source.ImageSource;
import dev.longshore.oci.testing.ImageSourceConformance;
import dev.longshore.oci.testing.SavedImages;
import dev.longshore.oci.testing.StoredImage;
import dev.longshore.testing.Mutations;
import dev.longshore.testing.RandomImage;
import dev.longshore.testing.RandomLayer;
import dev.longshore.testing.SplitMix;
import dev.longshore.testing.Tar;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The conformance suite runs over nerdctl's form, which is a layout; Docker's form follows. */
final class SaveTarSourceTest extends ImageSourceConformance {
  private static final RepositoryName NAME = RepositoryName.parse("registry.example/team/app");

  @TempDir Path folder;
  private final List<SaveTarSource> opened = new ArrayList<>();

  @Override
  protected RepositoryName name() {
    return NAME;
  }

  @Override
  protected ImageSource holding(List<StoredImage> images) throws IOException {
    return open(SavedImages.layoutTar(images));
  }

  private SaveTarSource open(byte[] tar) throws IOException {
    SaveTarSource source = SaveTarSource.open(Files.write(folder.resolve("image.tar"), tar), NAME);
    opened.add(source);
    return source;
  }

  @AfterEach
  void close() throws IOException {
    for (SaveTarSource source : opened) {
      source.close();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void dockersFormHasTheSameConfigAndLayers(long seed) throws Exception {
    RandomImage image = RandomImage.of(seed);
    SaveTarSource source = open(SavedImages.dockerTar(new StoredImage(NAME, "v1", image)));

    Descriptor root = source.resolve(Reference.tagged(NAME, "v1"));
    var manifest =
        (ImageManifest) Manifest.parse(source.manifest(NAME, root.digest()), root.mediaType());

    assertThat(manifest.mediaType()).isEqualTo(MediaType.OCI_MANIFEST);
    assertThat(manifest.children()).isEqualTo(blobsOf(image));
    for (Descriptor blob : manifest.children()) {
      try (BlobStream in = source.blob(NAME, blob, 0)) {
        assertThat(in.readAllBytes()).isEqualTo(image.blobs().get(blob.digest().toString()));
      }
    }
  }

  @Test
  void theManifestWrittenForDockersFormNeverChanges() throws Exception {
    SaveTarSource source = open(dockerTarOf(Tar.of(Map.of()), "app:v1"));

    assertThat(source.resolve(Reference.tagged(NAME, "v1")).digest())
        .hasToString("sha256:0644b75179dd76ab43a2befceec834eb5d8aa15f64dd002289cc15b6ca21f1cb");
  }

  @Test
  void plainLayersOfDockersFormAreDescribedAsPlain() throws Exception {
    byte[] layer = RandomLayer.tar(new SplitMix(1), 1_000);
    SaveTarSource source = open(dockerTarOf(layer, "app:v1"));

    var manifest =
        (ImageManifest)
            Manifest.parse(
                source.manifest(NAME, source.resolve(Reference.tagged(NAME, "v1")).digest()), "");

    assertThat(manifest.layers()).containsExactly(Descriptor.of(MediaType.OCI_LAYER, layer));
  }

  @Test
  void anImageSavedUnderItsIdAloneIsLatest() throws Exception {
    SaveTarSource source = open(dockerTarOf(Tar.of(Map.of()), ""));

    assertThat(source.resolve(Reference.tagged(NAME, "latest")).size()).isPositive();
    assertThat(source.tags(NAME, "").items()).isEmpty();
  }

  @Test
  void aCompressedTarSaysWhatIsExpected() {
    byte[] tar = SavedImages.dockerTar(new StoredImage(NAME, "v1", RandomImage.of(1)));

    assertThatThrownBy(() -> open(RandomLayer.gzip(tar))).isInstanceOf(RegistryException.class);
    assertThatThrownBy(() -> open(Tar.of(Map.of("a", new byte[0]))))
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining("docker save")
        .hasMessageContaining("image.tar");
  }

  @Test
  void aTarThatIsCutOffSaysSo() {
    byte[] tar = SavedImages.dockerTar(new StoredImage(NAME, "v1", RandomImage.of(1)));

    assertThatThrownBy(() -> open(Arrays.copyOf(tar, tar.length / 2)))
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining("cut off");
  }

  @Test
  void linksThatTurnInACircleAreNoFile() {
    byte[] tar =
        new Tar().symlink("manifest.json", "other").symlink("other", "manifest.json").bytes();

    assertThatThrownBy(() -> open(tar)).isInstanceOf(RegistryException.class);
  }

  @Test
  void aTarOfTooManyEntriesIsRefused() {
    var tar = new Tar();
    for (int i = 0; i <= TarContainer.MAX_ENTRIES; i++) {
      tar.directory("d");
    }

    assertThatThrownBy(() -> open(tar.bytes()))
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining("entries");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void damagedTarsGiveNothingButTypedErrors(long seed) throws IOException {
    var random = new SplitMix(seed);
    var stored = new StoredImage(NAME, "v1", RandomImage.of(seed));
    byte[] valid =
        seed == 1 ? SavedImages.dockerTar(stored) : SavedImages.layoutTar(List.of(stored));
    int refused = 0;
    for (int i = 0; i < 300; i++) {
      Path file = Files.write(folder.resolve("mutated.tar"), Mutations.mutate(valid, random));
      try (SaveTarSource source = SaveTarSource.open(file, NAME)) {
        readAll(source);
      } catch (RegistryException e) {
        refused++;
      } catch (RuntimeException e) {
        fail("seed " + seed + ", round " + i, e);
      }
    }
    assertThat(refused).isPositive();
  }

  private static void readAll(SaveTarSource source) throws IOException {
    for (SavedImage image : source.images()) {
      WholeImage.walk(source, NAME, image.descriptor());
    }
  }

  private static byte[] dockerTarOf(byte[] layer, String tag) {
    String json =
        "[{\"Config\":\"c.json\",\"RepoTags\":%s,\"Layers\":[\"l.tar\"]}]"
            .formatted(tag.isEmpty() ? "null" : "[\"" + tag + "\"]");
    return new Tar()
        .file("c.json", "{\"os\":\"linux\"}".getBytes(StandardCharsets.US_ASCII))
        .file("l.tar", layer)
        .file("manifest.json", json.getBytes(StandardCharsets.US_ASCII))
        .bytes();
  }
}
