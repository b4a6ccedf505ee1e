package dev.longshore.oci.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.model.Reference;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.ImageManifest;
import dev.longshore.oci.Manifest;
import dev.longshore.oci.MediaType;
import dev.longshore.oci.files.OciLayoutSource;
import dev.longshore.oci.files.SaveTarSource;
import dev.longshore.oci.source.ImageSource;
import dev.longshore.oci.testing.InMemoryRegistry;
import dev.longshore.oci.testing.RegistryDaemon;
import dev.longshore.oci.testing.SavedImages;
import dev.longshore.oci.testing.StoredImage;
import dev.longshore.programs.Tools;
import dev.longshore.testing.RandomImage;
import dev.longshore.testing.RandomImageOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What crane and skopeo make of what we write, and we of what they write. */
final class OtherProgramsIT {
  @TempDir static Path data;
  private static RegistryDaemon registry;

  @TempDir Path folder;
  private final RegistryPusher pusher =
      new RegistryPusher(Registries.of(), ClientSettings.defaults());
  private final RegistryClient client = new RegistryClient(Registries.of());

  @BeforeAll
  static void start() throws Exception {
    registry = RegistryDaemon.start(data);
  }

  @AfterAll
  static void stop() throws Exception {
    registry.close();
  }

  private Descriptor push(RandomImage image, RepositoryName name) throws Exception {
    var source = new InMemoryRegistry();
    source.push(name, "v1", image);
    return pusher.push(source, Reference.tagged(name, "v1"), name, "v1");
  }

  @Test
  void craneReadsWhatWePush() throws Exception {
    RepositoryName name = registry.name("read/crane");
    // Without attestations, whose configs crane counts as those of images.
    RandomImage image =
        RandomImage.of(
            1,
            RandomImageOptions.small()
                .withPlatforms("linux/amd64", "linux/arm64")
                .withAnnotations());
    push(image, name);

    assertThat(Tools.ofProject().run("crane", "digest", "--insecure", name + ":v1").strip())
        .isEqualTo(image.rootDigest());
    assertThat(Tools.ofProject().run("crane", "validate", "--insecure", "--remote", name + ":v1"))
        .contains("PASS");
  }

  @Test
  void aLayoutOfOursGoesThroughSkopeoAndComesBackTheSame() throws Exception {
    RepositoryName name = registry.name("layout/ours");
    RandomImage image = RandomImage.of(2, RandomImageOptions.small().withAnnotations());
    Path layout =
        SavedImages.layoutFolder(
            folder.resolve("layout"), List.of(new StoredImage(name, "v1", image)));

    skopeo("oci:" + layout + ":v1", "docker://" + name + ":v1");

    assertThat(client.resolve(Reference.tagged(name, "v1")).digest())
        .hasToString(image.rootDigest());
  }

  @Test
  void skopeosDockerArchiveIsPushedAndItsLayersAreThoseOfTheImage() throws Exception {
    RepositoryName name = registry.name("archive/docker");
    RandomImage image = RandomImage.of(3);
    push(image, name);
    Path tar = folder.resolve("image.tar");
    Tools.ofProject()
        .run(
            "skopeo",
            "--insecure-policy",
            "copy",
            "--src-tls-verify=false",
            "docker://" + name + ":v1",
            "docker-archive:" + tar + ":saved.example/app:v7");

    RepositoryName again = registry.name("archive/again");
    try (SaveTarSource source = SaveTarSource.open(tar, again)) {
      assertThat(source.images())
          .singleElement()
          .satisfies(
              saved -> assertThat(saved.full()).hasValue(Reference.parse("saved.example/app:v7")));
      pusher.push(source, Reference.tagged(again, "v7"), again, "v7");
    }

    ImageManifest original = manifest(client, Reference.tagged(name, "v1"));
    ImageManifest copy = manifest(client, Reference.tagged(again, "v7"));
    assertThat(copy.config().digest()).isEqualTo(original.config().digest());
    assertThat(copy.layers())
        .hasSize(original.layers().size())
        .allSatisfy(layer -> assertThat(layer.mediaType()).isEqualTo(MediaType.OCI_LAYER));
    skopeo("docker://" + again + ":v7", "oci:" + folder.resolve("read-back"));
  }

  @Test
  void cranesTarballIsPushedAndValid() throws Exception {
    RepositoryName name = registry.name("archive/crane");
    push(RandomImage.of(4), name);
    Path tar = folder.resolve("crane.tar");
    Tools.ofProject().run("crane", "pull", "--insecure", name + ":v1", tar.toString());

    try (SaveTarSource source = SaveTarSource.open(tar, name)) {
      pusher.push(source, Reference.tagged(name, "v1"), name, "from-tar");
    }

    ImageManifest copy = manifest(client, Reference.tagged(name, "from-tar"));
    assertThat(copy.layers()).isEqualTo(manifest(client, Reference.tagged(name, "v1")).layers());
  }

  @Test
  void anOciArchiveKeepsTheDigest() throws Exception {
    RepositoryName name = registry.name("archive/oci");
    RandomImage image = RandomImage.of(5, RandomImageOptions.multiPlatform());
    push(image, name);
    Path tar = folder.resolve("oci.tar");
    skopeo("docker://" + name + ":v1", "oci-archive:" + tar + ":v1");

    try (SaveTarSource source = SaveTarSource.open(tar, name)) {
      assertThat(pusher.push(source, Reference.tagged(name, "v1"), name, "again").digest())
          .hasToString(image.rootDigest());
    }
  }

  @Test
  void aLayoutOfCranesKeepsTheDigest() throws Exception {
    RepositoryName name = registry.name("layout/crane");
    RandomImage image = RandomImage.of(6, RandomImageOptions.multiPlatform());
    push(image, name);
    Path layout = folder.resolve("crane");
    Tools.ofProject()
        .run("crane", "pull", "--insecure", "--format=oci", name + ":v1", layout.toString());

    OciLayoutSource source = OciLayoutSource.open(layout, name);

    assertThat(pusher.push(source, Reference.tagged(name, "latest"), name, "again").digest())
        .hasToString(image.rootDigest());
    assertThat(Files.exists(layout.resolve("index.json"))).isTrue();
  }

  private static void skopeo(String from, String to) throws Exception {
    Tools.ofProject()
        .run(
            "skopeo",
            "--insecure-policy",
            "copy",
            "--all",
            "--preserve-digests",
            "--src-tls-verify=false",
            "--dest-tls-verify=false",
            from,
            to);
  }

  private static ImageManifest manifest(ImageSource source, Reference reference) throws Exception {
    Descriptor root = source.resolve(reference);
    return (ImageManifest)
        Manifest.parse(source.manifest(reference.name(), root.digest()), root.mediaType());
  }
}
