package dev.longshore.app.clients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.ImageState;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.ImageManifest;
import dev.longshore.oci.Manifest;
import dev.longshore.oci.MediaType;
import dev.longshore.oci.testing.InMemoryRegistry;
import dev.longshore.programs.Command;
import dev.longshore.programs.Tools;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Real clients pull an image in each mode, lazily readable or encrypted, and run it. */
@Timeout(240)
class ModesIT {
  @RegisterExtension static final SharedCluster CLUSTER = new SharedCluster();

  private static DevelopmentCluster cluster;
  private static ContainerdNode containerd;
  private static RunnableImage source;
  private static String version;

  @TempDir static Path shared;
  @TempDir Path folder;

  @BeforeAll
  static void pushAnImageThatRuns() throws Exception {
    cluster = CLUSTER.get();
    containerd = ContainerdNode.start(shared.resolve("containerd"));
    version = RunnableImage.version();
    RepositoryName name = cluster.name("modes/runs");
    InMemoryRegistry images = new InMemoryRegistry();
    source = RunnableImage.push(images, name);
    cluster.push(images, name, "v1");
  }

  @AfterAll
  static void stop() throws Exception {
    containerd.close();
  }

  @Test
  void everyModeHasItsOwnTagAndDigest() throws Exception {
    Command crane = Tools.ofProject().command("crane").in(folder);
    for (String mode : new String[] {"plain", "estargz", "zstdchunked", "encrypted"}) {
      ImageState image = cluster.awaitMode(source.manifest(), mode);

      assertThat(crane.run("digest", tag(mode)).strip()).isEqualTo(image.servedDigest().toString());
      crane.run("pull", "--format=oci", tag(mode), mode);
      if (List.of("plain", "estargz").contains(mode)) {
        // Reads every layer, always as gzip; of the encrypted ones it has no key.
        crane.run("validate", "--remote", tag(mode));
      }
    }
    assertThat(crane.run("ls", cluster.resolver() + "/modes/runs").lines())
        .containsExactly("v1", "v1-encrypted", "v1-estargz", "v1-zstdchunked");
  }

  @Test
  void aLazyImageRunsWhereNobodyKnowsOfTheFormat() throws Exception {
    Command nerdctl = containerd.nerdctl(cluster.kubo());
    for (String mode : new String[] {"estargz", "zstdchunked"}) {
      ImageState image = cluster.awaitMode(source.manifest(), mode);

      for (String reference : new String[] {tag(mode), "ipfs://" + image.root()}) {
        nerdctl.run("pull", "--quiet", reference);
        assertThat(nerdctl.run("run", "--rm", "--net=none", reference).strip()).isEqualTo(version);
        nerdctl.run("rmi", "--force", reference);
      }
    }
  }

  @Test
  void skopeoCopiesALazyImageAsItIs() throws Exception {
    Command skopeo = Tools.ofProject().command("skopeo", "--insecure-policy", "copy").in(folder);
    for (String mode : new String[] {"estargz", "zstdchunked"}) {
      ImageState image = cluster.awaitMode(source.manifest(), mode);

      skopeo.run(
          "--preserve-digests", "--src-tls-verify=false", "docker://" + tag(mode), "oci:" + mode);

      Path blobs = folder.resolve(mode).resolve("blobs/sha256");
      Path served = blobs.resolve(image.servedDigest().hex());
      var manifest =
          (ImageManifest) Manifest.parse(Files.readAllBytes(served), MediaType.OCI_MANIFEST);
      for (Descriptor layer : manifest.layers()) {
        assertThat(blobs.resolve(layer.digest().hex())).hasSize(layer.size());
      }
    }
  }

  @Test
  void anEncryptedImageRunsForWhoHasTheKey() throws Exception {
    ImageState image = cluster.awaitMode(source.manifest(), "encrypted");
    Command nerdctl = containerd.nerdctl(cluster.kubo());
    String key = cluster.keys().privateKey().toString();

    for (String reference : new String[] {tag("encrypted"), "ipfs://" + image.root()}) {
      nerdctl.run("pull", "--quiet", "--unpack=false", reference);
      nerdctl.run("image", "decrypt", "--key=" + key, reference, "decrypted:v1");
      assertThat(nerdctl.run("run", "--rm", "--net=none", "--pull=never", "decrypted:v1").strip())
          .isEqualTo(version);
      nerdctl.run("rmi", "--force", reference, "decrypted:v1");
    }
  }

  @Test
  void nobodyElseReadsTheLayersOfAnEncryptedImage() throws Exception {
    cluster.awaitMode(source.manifest(), "encrypted");
    ImageManifest plain = pull("plain");
    ImageManifest encrypted = pull("encrypted");

    assertThat(encrypted.layers()).hasSameSizeAs(plain.layers());
    for (int i = 0; i < plain.layers().size(); i++) {
      Descriptor layer = encrypted.layers().get(i);
      assertThat(layer.mediaType()).endsWith("+encrypted");
      byte[] readable = blob("plain", plain.layers().get(i));
      byte[] sealed = blob("encrypted", layer);
      assertThat(sealed).hasSameSizeAs(readable);
      long same = IntStream.range(0, sealed.length).filter(n -> sealed[n] == readable[n]).count();
      assertThat(same).as("bytes as in the plain layer").isLessThan(16 + sealed.length / 64);
    }
  }

  private ImageManifest pull(String mode) throws Exception {
    Command crane = Tools.ofProject().command("crane").in(folder);
    crane.run("pull", "--format=oci", tag(mode), mode);
    byte[] body = crane.run("manifest", tag(mode)).getBytes(StandardCharsets.UTF_8);
    return (ImageManifest) Manifest.parse(body, MediaType.OCI_MANIFEST);
  }

  private byte[] blob(String mode, Descriptor layer) throws IOException {
    return Files.readAllBytes(
        folder.resolve(mode).resolve("blobs/sha256").resolve(layer.digest().hex()));
  }

  private static String tag(String mode) {
    return cluster.resolver() + "/modes/runs:v1" + (mode.equals("plain") ? "" : "-" + mode);
  }
}
