package dev.longshore.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.model.Digest;
import dev.longshore.model.Tag;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.ImageManifest;
import dev.longshore.oci.ManifestHead;
import dev.longshore.oci.MediaType;
import dev.longshore.oci.files.OciLayoutWriter;
import dev.longshore.oci.testing.HttpRegistry;
import dev.longshore.oci.testing.HttpRegistryOptions;
import dev.longshore.oci.testing.InMemoryRegistry;
import dev.longshore.ocicrypt.EncryptedLayer;
import dev.longshore.ocicrypt.EncryptedMediaType;
import dev.longshore.ocicrypt.LayerCipher;
import dev.longshore.ocicrypt.Recipients;
import dev.longshore.testing.Tar;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands of those who have keys, on an image in a folder. */
class KeyCommandsTest {
  private static final byte[] TAR =
      Tar.of(Map.of("hello", "world".getBytes(StandardCharsets.US_ASCII)));

  @TempDir Path folder;
  private final CommandRun command = new CommandRun();
  private String config = "";
  private String image = "";
  private String alice = "";
  private String bob = "";

  @BeforeEach
  void encryptAnImage() throws Exception {
    config =
        Files.writeString(
                folder.resolve("longshore.yaml"),
                "kafka: {bootstrap-servers: [\"127.0.0.1:1\"]}\npeers: []\n")
            .toString();
    alice = keys("alice");
    bob = keys("bob");
    image = folder.resolve("sealed").toString();
    write(Path.of(image), true);
  }

  /** The path of the private key; the public one ends with {@code .pub}. */
  private String keys(String name) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(256);
    KeyPair pair = generator.generateKeyPair();
    Files.write(folder.resolve(name + ".pub"), pair.getPublic().getEncoded());
    return Files.write(folder.resolve(name), pair.getPrivate().getEncoded()).toString();
  }

  private void write(Path target, boolean sealed) throws IOException {
    Descriptor layer = Descriptor.of(MediaType.OCI_LAYER, TAR);
    byte[] bytes = TAR;
    if (sealed) {
      ByteArrayOutputStream encrypted = new ByteArrayOutputStream();
      EncryptedLayer made =
          LayerCipher.encrypt(
              new ByteArrayInputStream(TAR),
              Digest.of(TAR),
              Recipients.parse(
                  List.of("jwe:" + alice + ".pub"), path -> Files.readAllBytes(Path.of(path))),
              encrypted,
              new SecureRandom());
      bytes = encrypted.toByteArray();
      layer =
          Descriptor.of(EncryptedMediaType.of(MediaType.OCI_LAYER), bytes)
              .withAnnotations(made.annotations());
    }
    write(target, layer, bytes);
  }

  private static void write(Path target, Descriptor layer, byte[] bytes) throws IOException {
    try (OciLayoutWriter layout = OciLayoutWriter.beside(target)) {
      layout.blob(layer.mediaType(), bytes);
      Descriptor described =
          layout.blob(
              MediaType.OCI_CONFIG,
              "{\"os\":\"linux\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"%s\"]}}"
                  .formatted(Digest.of(TAR))
                  .getBytes(StandardCharsets.US_ASCII));
      ImageManifest manifest =
          ImageManifest.of(ManifestHead.of(MediaType.OCI_MANIFEST), described, List.of(layer));
      Descriptor top = layout.blob(MediaType.OCI_MANIFEST, manifest.raw().bytes());
      layout.index(top, Optional.of(new Tag("v1")), Optional.empty());
      layout.moveTo(target);
    }
  }

  private int run(String... arguments) {
    String[] all = new String[arguments.length + 2];
    System.arraycopy(arguments, 0, all, 0, arguments.length);
    all[arguments.length] = "--config";
    all[arguments.length + 1] = config;
    return command.run(all);
  }

  private String file(String name) {
    return folder.resolve(name).toString();
  }

  /** That it ended in an error of one sentence, with nothing written. */
  private String refused(int code, String... arguments) {
    assertThat(run(arguments)).as(command.out() + command.err()).isEqualTo(code);
    assertThat(command.out()).isEmpty();
    assertThat(folder.resolve("plain")).doesNotExist();
    List<String> errors =
        command.err().lines().filter(line -> line.startsWith("longshore: ")).toList();
    assertThat(errors).as(command.err()).hasSize(1);
    return errors.getFirst();
  }

  @Test
  void decryptsIntoAFolderAndSaysWhatWasReadableAllTheTime() throws Exception {
    assertThat(run("decrypt", image, "--key", alice, "-o", file("plain")))
        .as(command.err())
        .isZero();

    assertThat(folder.resolve("plain/blobs/sha256").resolve(Digest.of(TAR).hex()))
        .hasBinaryContent(TAR);
    assertThat(command.out()).startsWith("sha256:").hasLineCount(1);
    assertThat(command.err()).contains("decrypting layer 0", "warning: only layers are encrypted");
  }

  @Test
  void decryptsIntoATarWhoseNameCanBeChosen() throws Exception {
    assertThat(
            run("decrypt", image, "--key", alice, "-o", file("plain.tar"), "--name", "team/app:2"))
        .as(command.err())
        .isZero();
    assertThat(run("inspect", file("plain.tar") + ":2", "--json")).as(command.err()).isZero();

    JsonNode layer = new ObjectMapper().readTree(command.out()).at("/images/0/layers/0");
    assertThat(layer.path("digest").asText()).isEqualTo(Digest.of(TAR).toString());
    assertThat(layer.path("encrypted").asBoolean()).isFalse();
    assertThat(command.err()).isEmpty();
  }

  /** The annotations by which {@code nerdctl load} and others name the image of a layout. */
  private JsonNode names(String layout) throws IOException {
    return new ObjectMapper()
        .readTree(folder.resolve(layout).resolve("index.json").toFile())
        .at("/manifests/0/annotations");
  }

  @Test
  void aPlainImageDoesNotGetTheNameOfTheEncryptedOneByItself() throws Exception {
    try (HttpRegistry registry =
        HttpRegistry.start(new InMemoryRegistry(), HttpRegistryOptions.plain())) {
      String sealed = registry.name("team/app") + ":v1-encrypted";
      String recipient = "jwe:" + bob + ".pub";
      assertThat(
              run(
                  "recipients",
                  image,
                  "--key",
                  alice,
                  "--add-recipient",
                  recipient,
                  "--to",
                  sealed))
          .as(command.err())
          .isZero();

      assertThat(run("decrypt", sealed, "--key", bob, "-o", file("unnamed")))
          .as(command.err())
          .isZero();
      assertThat(run("decrypt", sealed, "--key", bob, "-o", file("named"), "--name", "team/app:2"))
          .as(command.err())
          .isZero();
      assertThat(
              run(
                  "recipients",
                  sealed,
                  "--key",
                  bob,
                  "--recipient",
                  recipient,
                  "-o",
                  file("for-bob")))
          .as(command.err())
          .isZero();

      assertThat(names("unnamed")).isEmpty();
      assertThat(names("named").path("io.containerd.image.name").asText())
          .isEqualTo("docker.io/team/app:2");
      assertThat(names("named").path("org.opencontainers.image.ref.name").asText()).isEqualTo("2");
      assertThat(names("for-bob").path("io.containerd.image.name").asText()).isEqualTo(sealed);
    }
  }

  @Test
  void inspectTellsTheLazyFormByTheMediaType() throws Exception {
    String toc = "sha256:" + "0".repeat(64);
    for (String type : List.of(MediaType.OCI_LAYER_GZIP, MediaType.OCI_LAYER_ZSTD)) {
      Path layout = folder.resolve(type.replace('/', '-'));
      write(
          layout,
          Descriptor.of(type, TAR)
              .withAnnotations(Map.of("containerd.io/snapshot/stargz/toc.digest", toc)),
          TAR);

      assertThat(run("inspect", layout.toString())).as(command.err()).isZero();
      assertThat(command.out())
          .contains((type.endsWith("zstd") ? "zstd:chunked   TOC " : "eStargz    TOC ") + toc);
    }
  }

  @Test
  void inspectShowsForWhomAnImageIsEncryptedForPeopleAndMachines() throws Exception {
    assertThat(run("inspect", image)).as(command.err()).isZero();
    assertThat(command.out())
        .contains("encrypted", "jwe", "for 1 recipient", "ECDH-ES+A256KW, P-256");
    assertThat(command.err()).contains("warning: only layers are encrypted");

    assertThat(run("inspect", image, "--json")).isZero();
    JsonNode key = new ObjectMapper().readTree(command.out()).at("/images/0/layers/0/keys/0");
    assertThat(key.path("scheme").asText()).isEqualTo("jwe");
    assertThat(key.path("recipients")).hasSize(1);
  }

  @Test
  void handsAnImageToOtherRecipientsAndSaysWhoCanReadOn() throws Exception {
    assertThat(
            run(
                "recipients",
                image,
                "--key",
                alice,
                "--recipient",
                "jwe:" + bob + ".pub",
                "-o",
                file("handed")))
        .as(command.err())
        .isZero();
    assertThat(command.err()).contains("only a new encryption excludes them");

    assertThat(refused(1, "decrypt", file("handed"), "--key", alice, "-o", file("plain")))
        .contains("none of 1 private keys opens the layer");
    assertThat(run("decrypt", file("handed"), "--key", bob, "-o", file("plain"))).isZero();
  }

  @Test
  void aFurtherRecipientReadsBesideTheFirst() {
    assertThat(
            run(
                "recipients",
                image,
                "--key",
                alice,
                "--add-recipient",
                "jwe:" + bob + ".pub",
                "-o",
                file("both")))
        .as(command.err())
        .isZero();
    assertThat(command.err()).doesNotContain("excludes them");

    assertThat(run("decrypt", file("both"), "--key", bob, "-o", file("by-bob"))).isZero();
    assertThat(run("decrypt", file("both"), "--key", alice, "-o", file("by-alice"))).isZero();
  }

  @Test
  void tellsWhatIsWrongWithKeys() {
    assertThat(refused(1, "decrypt", image, "--key", bob, "-o", file("plain")))
        .contains("layer 0", "none of 1 private keys opens the layer", "ECDH-ES+A256KW, P-256");
    assertThat(refused(1, "decrypt", image, "--key", alice + ".pub", "-o", file("plain")))
        .contains("alice.pub: it is a public key");
    assertThat(refused(1, "decrypt", image, "--key", config, "-o", file("plain")))
        .contains("neither PEM nor DER nor a JSON Web Key");
    assertThat(refused(1, "decrypt", image, "--key", "no/key.pem", "-o", file("plain")))
        .contains("no/key.pem", Path.of("no/key.pem").toAbsolutePath().toString());
  }

  @Test
  void warnsOfPasswordsOnTheCommandLineAndRepeatsNone() {
    assertThat(run("decrypt", image, "--key", bob + ":pass=hunter2", "-o", file("plain")))
        .isEqualTo(1);
    assertThat(command.err())
        .contains("everyone who lists processes can see a password")
        .doesNotContain("hunter2");
  }

  @Test
  void tellsWhatIsWrongWithWhatIsAskedFor() throws Exception {
    write(folder.resolve("readable"), false);
    assertThat(refused(1, "decrypt", file("readable"), "--key", alice, "-o", file("plain")))
        .contains("none of its layers is encrypted");
    assertThat(refused(2, "decrypt", image, "--key", alice)).contains("nowhere to write to");
    assertThat(refused(1, "decrypt", image, "--key", alice, "-o", image))
        .contains("something is there already");
    assertThat(refused(2, "recipients", image, "--key", alice, "-o", file("plain")))
        .contains("either --recipient or --add-recipient");
    assertThat(refused(2, "decrypt", image, "-o", file("plain"))).contains("--key");
    assertThat(refused(1, "inspect", image + ":v2")).contains("0 images are in it", "v1");
  }
}
