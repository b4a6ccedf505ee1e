package dev.longshore.app.clients;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.app.LongshoreProcess.Ended;
import dev.longshore.events.ImageState;
import dev.longshore.model.Digest;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.ImageManifest;
import dev.longshore.oci.Manifest;
import dev.longshore.oci.MediaType;
import dev.longshore.oci.testing.InMemoryRegistry;
import dev.longshore.programs.Command;
import dev.longshore.programs.Tools;
import dev.longshore.testing.InTurn;
import dev.longshore.testing.SharedTurn;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What one side encrypts the other decrypts: Longshore by its rules and commands, and nerdctl with
 * the reference's library.
 */
@Timeout(240)
@InTurn(SharedTurn.CLIENTS)
class KeyholderIT {
  @RegisterExtension static final SharedCluster CLUSTER = new SharedCluster();
  private static final ObjectMapper JSON = new ObjectMapper();

  private static DevelopmentCluster cluster;
  private static ContainerdNode containerd;
  private static RunnableImage source;
  private static ImageState encrypted;
  private static String version;

  @TempDir static Path shared;
  @TempDir Path folder;

  @BeforeAll
  static void pushAnImageThatIsEncryptedForEveryScheme() throws Exception {
    cluster = CLUSTER.get();
    containerd = ContainerdNode.start(shared.resolve("containerd"));
    version = RunnableImage.version();
    RepositoryName name = cluster.name("keys/runs");
    InMemoryRegistry images = new InMemoryRegistry();
    source = RunnableImage.push(images, name);
    cluster.push(images, name, "v1");
    encrypted = cluster.awaitMode(source.manifest(), "encrypted");
  }

  @AfterAll
  static void stop() throws Exception {
    containerd.close();
  }

  /**
   * A private key, and how both programs get it.
   *
   * @param certificate what nerdctl needs beside it; empty if nothing
   */
  record Way(String scheme, Path key, String certificate) {
    @Override
    public String toString() {
      return scheme;
    }
  }

  static Stream<Way> ways() {
    ClusterKeys keys = CLUSTER.get().keys();
    return Stream.of(
        new Way("jwe", keys.privateKey(), ""),
        new Way("pkcs7", keys.certificateKey(), "pkcs7:" + keys.certificate()),
        new Way("pgp", keys.pgpSecret(), ""));
  }

  private static String inRegistry(String tag) {
    return cluster.registry() + "/keys/runs:" + tag;
  }

  private static ImageManifest manifest(Path layout) throws Exception {
    JsonNode index = JSON.readTree(layout.resolve("index.json").toFile());
    Digest digest = Digest.parse(index.at("/manifests/0/digest").asText());
    byte[] body = Files.readAllBytes(layout.resolve("blobs/sha256").resolve(digest.hex()));
    return (ImageManifest) Manifest.parse(body, MediaType.OCI_MANIFEST);
  }

  private static Ended ran(String... arguments) throws Exception {
    return cluster.runWell(arguments);
  }

  @ParameterizedTest
  @MethodSource("ways")
  void longshoreDecryptsWhatARuleEncrypted(Way way) throws Exception {
    Path plain = folder.resolve("plain");

    Ended ended =
        ran("decrypt", inRegistry("v1-encrypted"), "--key", way.key.toString(), "-o", "" + plain);

    assertThat(manifest(plain).layers())
        .extracting(Descriptor::digest)
        .containsExactly(source.layer());
    assertThat(ended.lastLine()).isEqualTo(manifest(plain).digest().toString());
    assertThat(ended.err()).contains("warning: only layers are encrypted");
  }

  @ParameterizedTest
  @MethodSource("ways")
  void nerdctlDecryptsWhatARuleEncrypted(Way way) throws Exception {
    Command nerdctl = containerd.nerdctl(cluster.kubo());
    String reference = cluster.resolver() + "/keys/runs:v1-encrypted";
    String plain = way.scheme + ":v1";
    nerdctl.run("pull", "--quiet", "--unpack=false", reference);

    if (way.certificate.isEmpty()) {
      nerdctl.run("image", "decrypt", "--key=" + way.key, reference, plain);
    } else {
      nerdctl.run(
          "image",
          "decrypt",
          "--key=" + way.key,
          "--dec-recipient=" + way.certificate,
          reference,
          plain);
    }

    assertThat(nerdctl.run("run", "--rm", "--net=none", "--pull=never", plain).strip())
        .isEqualTo(version);
    nerdctl.run("rmi", "--force", plain, reference);
  }

  @Test
  void longshoreDecryptsWhatNerdctlEncryptedAndNerdctlLoadsAndRunsIt() throws Exception {
    Command nerdctl = containerd.nerdctl(cluster.kubo());
    ClusterKeys keys = cluster.keys();
    String theirs = cluster.registry() + "/theirs/runs:v1";
    nerdctl.run("pull", "--quiet", inRegistry("v1"));
    nerdctl.run(
        "image",
        "encrypt",
        "--recipient=jwe:" + keys.publicKey(),
        "--recipient=pkcs7:" + keys.certificate(),
        inRegistry("v1"),
        theirs);
    nerdctl.run("push", "--quiet", theirs);

    for (Path key : List.of(keys.privateKey(), keys.certificateKey())) {
      Path plain = folder.resolve(key.getFileName() + ".tar");
      ran(
          "decrypt",
          theirs,
          "--key",
          key.toString(),
          "-o",
          "" + plain,
          "--name",
          "localhost/ours:v1");
      nerdctl.run("load", "--quiet", "-i", plain.toString());
      assertThat(
              nerdctl.run("run", "--rm", "--net=none", "--pull=never", "localhost/ours:v1").strip())
          .isEqualTo(version);
      nerdctl.run("rmi", "--force", "localhost/ours:v1");
    }
  }

  @Test
  void otherRecipientsGetTheSameLayersAndNerdctlDecryptsThem() throws Exception {
    ClusterKeys.Pair others = ClusterKeys.Pair.make(folder.resolve("others"));
    String handedOn = cluster.registry() + "/others/runs:v1";

    Ended ended =
        ran(
            "recipients",
            inRegistry("v1-encrypted"),
            "--key",
            cluster.keys().pgpSecret().toString(),
            "--recipient",
            "jwe:" + others.publicKey(),
            "--to",
            handedOn,
            "-o",
            "" + folder.resolve("layout"));

    assertThat(ended.err()).contains("can still read it");
    byte[] before =
        Tools.ofProject()
            .command("crane")
            .in(folder)
            .run("manifest", cluster.resolver() + "/keys/runs:v1-encrypted")
            .getBytes(StandardCharsets.UTF_8);
    assertThat(manifest(folder.resolve("layout")).layers())
        .extracting(Descriptor::digest)
        .isEqualTo(
            ((ImageManifest) Manifest.parse(before, MediaType.OCI_MANIFEST))
                .layers().stream().map(Descriptor::digest).toList());
    Ended refused =
        cluster.run(
            "decrypt",
            handedOn,
            "--key",
            cluster.keys().privateKey().toString(),
            "-o",
            "" + folder.resolve("none"));
    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.err()).contains("none of 1 private keys opens the layer");
    assertThat(folder.resolve("none")).doesNotExist();
    Command nerdctl = containerd.nerdctl(cluster.kubo());
    nerdctl.run("pull", "--quiet", "--unpack=false", handedOn);
    nerdctl.run("image", "decrypt", "--key=" + others.privateKey(), handedOn, "others:v1");
    assertThat(nerdctl.run("run", "--rm", "--net=none", "--pull=never", "others:v1").strip())
        .isEqualTo(version);
    nerdctl.run("rmi", "--force", "others:v1", handedOn);
  }

  @Test
  void inspectTellsForWhomLayersAreByNameDigestAndCid() throws Exception {
    for (String asked :
        List.of(
            inRegistry("v1-encrypted"),
            String.valueOf(encrypted.ownDigest()),
            encrypted.root().toString(),
            encrypted.imageDag().toString())) {
      Ended ended = ran("inspect", asked, "--json");
      assertThat(ended.err()).contains("warning: only layers are encrypted");
      JsonNode layer = JSON.readTree(ended.out()).at("/images/0/layers/0");
      assertThat(layer.path("encrypted").asBoolean()).as(asked).isTrue();
      assertThat(layer.path("keys").findValuesAsText("scheme"))
          .containsExactly("jwe", "pgp", "pkcs7");
      assertThat(layer.path("keys").toString())
          .contains("RSA-OAEP, 2048 bit", "issuer CN=site,O=Longshore", ", RSA");
    }
    Ended plain = ran("inspect", inRegistry("v1"));
    assertThat(plain.out()).contains(source.layer().toString(), "readable for all");
    assertThat(plain.err()).doesNotContain("warning");
  }

  @Test
  void aPlainImageIsNoneToDecrypt() throws Exception {
    Ended ended =
        cluster.run(
            "decrypt",
            inRegistry("v1"),
            "--key",
            cluster.keys().privateKey().toString(),
            "-o",
            "" + folder.resolve("none"));

    assertThat(ended.exitCode()).isEqualTo(1);
    assertThat(ended.err()).contains("none of its layers is encrypted", "v1-encrypted");
    assertThat(folder.resolve("none")).doesNotExist();
  }
}
