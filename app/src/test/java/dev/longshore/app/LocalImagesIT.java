package dev.longshore.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.app.LongshoreProcess.Ended;
import dev.longshore.app.cli.HomeCommand;
import dev.longshore.app.parts.Ports;
import dev.longshore.containerd.testing.ContainerdDaemon;
import dev.longshore.model.Digest;
import dev.longshore.model.Reference;
import dev.longshore.model.RegistryHost;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.Manifest;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.registry.ClientSettings;
import dev.longshore.oci.registry.Registries;
import dev.longshore.oci.registry.RegistryClient;
import dev.longshore.oci.registry.RegistryPusher;
import dev.longshore.oci.source.BlobStream;
import dev.longshore.oci.testing.InMemoryRegistry;
import dev.longshore.programs.Tools;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.testing.InTurn;
import dev.longshore.testing.RandomImage;
import dev.longshore.testing.RandomImageOptions;
import dev.longshore.testing.SharedTurn;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Images of a real containerd, through everything else as it runs in production. */
@Timeout(600)
@InTurn(SharedTurn.CLIENTS)
class LocalImagesIT {
  private static final Duration START = Duration.ofMinutes(3);
  private static final Duration COMMAND = Duration.ofMinutes(2);
  private static final String NS = "k8s.io";

  @TempDir Path folder;
  private final Ports ports = FreePorts.find();
  private final RegistryClient client = new RegistryClient(Registries.of());

  @Test
  void imagesOfAContainerdAreServedUnderItsNameAndCauseNoLoop() throws Exception {
    Path home = folder.resolve("home");
    String resolver = "localhost:" + ports.resolver();
    String containerds =
        "containerd=[{name: node-1, socket: \"%s\", own-hosts: [\"%s\"]}]"
            .formatted(folder.resolve("c/c.sock"), resolver);
    try (ContainerdDaemon containerd = ContainerdDaemon.start(folder.resolve("c"));
        LongshoreProcess up =
            LongshoreProcess.start(
                home,
                "up",
                "--port-offset",
                String.valueOf(ports.offset()),
                "--set",
                containerds)) {
      up.awaitOutput("longshore is ready", START);

      RandomImage loaded = RandomImage.of(31, RandomImageOptions.multiPlatform());
      containerd.load(NS, "docker.io/library/made:3.20", loaded);
      awaitServed("docker.io/library/made", "3.20", loaded.rootDigest());
      pullsEveryByte(repository("docker.io/library/made"), loaded);
      JsonNode resolved = resolves(home, "docker.io/library/made:3.20", loaded.rootDigest());

      RandomImage pulled = pulledFromTheRegistry(containerd);
      awaitServed("localhost_" + ports.registry() + "/team/app", "1.0", pulled.rootDigest());

      String back = resolver + "/" + repository("docker.io/library/made").repository() + ":3.20";
      containerd.ctr(NS, "images", "pull", "--local", "--plain-http", "--all-platforms", back);
      assertThat(containerd.ctr(NS, "images", "ls", "-q")).contains(back);
      pullByCid(containerd, resolved.get("conversions").get(0).get("root").asText());

      containerd.kill();
      containerd.start();
      RandomImage after = RandomImage.of(32);
      containerd.load(NS, "docker.io/library/after:1", after);
      containerd.delete(NS, "docker.io/library/made:3.20");
      awaitServed("docker.io/library/after", "1", after.rootDigest());
      Eventually.await("the deleted image is gone", () -> gone("docker.io/library/made", "3.20"));

      // Everything that happened before has been looked at by now, the images pulled back as well.
      assertThat(client.catalog(new RegistryHost(resolver), "").items())
          .filteredOn(name -> name.startsWith("containerd/"))
          .contains(name("docker.io/library/after"))
          .isSubsetOf(
              name("docker.io/library/made"),
              name("docker.io/library/after"),
              name("localhost_" + ports.registry() + "/team/app"));
      assertThat(containerd.leases(NS)).isEmpty();
      String name = name("docker.io/library/after:1");
      Ended why = HomeCommand.run(home, COMMAND, "why", name, "--set", containerds);
      assertThat(why.out()).as(why.err()).contains("by containerd");
      Ended unasked = HomeCommand.run(home, COMMAND, "why", name);
      assertThat(unasked.err()).contains("node-1").contains("add it under containerd");
    }
  }

  /** As nerdctl names what it pulled so, which Longshore must not take for an image of the node. */
  private void pullByCid(ContainerdDaemon containerd, String root) throws Exception {
    Tools.ofProject()
        .run(
            "nerdctl",
            "--address",
            containerd.socket().toString(),
            "--namespace",
            NS,
            "--data-root",
            folder.resolve("nerdctl").toString(),
            "pull",
            "--quiet",
            "--ipfs-address",
            "/ip4/127.0.0.1/tcp/" + ports.kuboRpc(0),
            "ipfs://" + root);
    assertThat(containerd.ctr(NS, "images", "ls", "-q")).contains(root);
  }

  private RandomImage pulledFromTheRegistry(ContainerdDaemon containerd) throws Exception {
    RandomImage image = RandomImage.of(33);
    RepositoryName name =
        new RepositoryName(new RegistryHost("localhost:" + ports.registry()), "team/app");
    InMemoryRegistry source = new InMemoryRegistry();
    source.push(name, "1.0", image);
    new RegistryPusher(Registries.of(), ClientSettings.defaults())
        .push(source, Reference.tagged(name, "1.0"), name, "1.0");
    containerd.ctr(
        NS, "images", "pull", "--local", "--plain-http", "--all-platforms", name + ":1.0");
    return image;
  }

  private void awaitServed(String image, String tag, String digest) {
    Eventually.await(
        image + ":" + tag + " is served",
        () -> {
          try {
            return resolve(image, tag).digest().toString().equals(digest);
          } catch (RegistryException e) {
            return false;
          }
        });
  }

  private boolean gone(String image, String tag) {
    RegistryException failure =
        catchThrowableOfType(RegistryException.class, () -> resolve(image, tag));
    return failure != null && failure.kind() == RegistryException.Kind.NOT_FOUND;
  }

  private Descriptor resolve(String image, String tag) throws RegistryException {
    return client.resolve(Reference.tagged(repository(image), tag));
  }

  private void pullsEveryByte(RepositoryName name, RandomImage image) throws Exception {
    for (var stored : image.manifests()) {
      byte[] manifest = client.manifest(name, Digest.parse(stored.digest()));
      assertThat(manifest).isEqualTo(stored.body());
      for (Descriptor part : Manifest.parse(manifest, stored.mediaType()).children()) {
        byte[] blob = image.blobs().get(part.digest().toString());
        if (blob != null) {
          try (BlobStream in = client.blob(name, part, 0)) {
            assertThat(in.readAllBytes()).isEqualTo(blob);
          }
        }
      }
    }
  }

  private JsonNode resolves(Path home, String image, String digest) throws Exception {
    Ended resolve = HomeCommand.run(home, COMMAND, "resolve", name(image), "--json");
    assertThat(resolve.exitCode()).as(resolve.err()).isIn(0, 3);
    JsonNode found = new ObjectMapper().readTree(resolve.out());
    assertThat(found.get("digest").asText()).isEqualTo(digest);
    return found;
  }

  private static String name(String image) {
    return "containerd/node-1/" + NS + "/" + image;
  }

  /** Where the resolver serves it. */
  private RepositoryName repository(String image) {
    return new RepositoryName(new RegistryHost("localhost:" + ports.resolver()), name(image));
  }
}
