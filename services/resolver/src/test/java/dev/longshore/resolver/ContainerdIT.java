package dev.longshore.resolver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.ipfs.testing.SharedKubos;
import dev.longshore.model.Reference;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.registry.ClientSettings;
import dev.longshore.oci.registry.Registries;
import dev.longshore.oci.registry.RegistryConfig;
import dev.longshore.oci.registry.RegistryPusher;
import dev.longshore.oci.testing.InMemoryRegistry;
import dev.longshore.oci.testing.RegistryDaemon;
import dev.longshore.programs.ContainerdServer;
import dev.longshore.programs.RunningProgram;
import dev.longshore.resolver.testing.Edge;
import dev.longshore.resolver.testing.MirroredImage;
import dev.longshore.resolver.testing.RealEdge;
import dev.longshore.testing.RandomImage;
import dev.longshore.testing.RandomImageOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A real containerd that has the resolver as a mirror of a registry that is away. */
@Timeout(180)
class ContainerdIT {
  @RegisterExtension static final SharedKubos KUBOS = new SharedKubos(2);
  @TempDir Path folder;

  @Test
  void containerdPullsThroughTheMirrorOfAHostsFile() throws Exception {
    try (RealEdge edge = new RealEdge(folder.resolve("home"), KUBOS.get(0), KUBOS.get(1));
        RunningProgram containerd = containerd().start()) {
      MirroredImage image =
          edge.mirror(RandomImage.of(41, RandomImageOptions.multiPlatform()), "v1");
      Path hosts = Files.createDirectories(folder.resolve("certs.d/registry.test"));
      Files.writeString(
          hosts.resolve("hosts.toml"),
          """
          server = "http://127.0.0.1:1"
          [host."http://%s"]
          capabilities = ["pull", "resolve"]
          """
              .formatted(edge.resolver().registry()));

      for (String reference :
          new String[] {Edge.REPOSITORY + ":v1", Edge.REPOSITORY + "@" + image.digest()}) {
        ctr(
            "content",
            "fetch",
            "--all-platforms",
            "--hosts-dir",
            hosts.getParent().toString(),
            reference);
      }

      String held = ctr("content", "ls", "-q");
      assertThat(held.lines()).containsAll(image.image().blobs().keySet());
      assertThat(held.lines())
          .containsAll(
              image.image().manifests().stream().map(RandomImage.StoredManifest::digest).toList());
      assertThat(ctr("images", "ls", "-q").lines()).contains(Edge.REPOSITORY + ":v1");
      assertThat(containerd).isNotNull();
    }
  }

  @Test
  void containerdFallsBackToTheRegistryWhenTheResolverIsDown() throws Exception {
    RandomImage onBoth = RandomImage.of(42);
    RandomImage atRegistryAlone = RandomImage.of(43);
    try (RegistryDaemon registry = RegistryDaemon.start(folder.resolve("registry"));
        RunningProgram containerd = containerd().start()) {
      push(registry, "app", "both", onBoth);
      push(registry, "app", "later", atRegistryAlone);
      String name = "registry.test/app";
      Path hosts = folder.resolve("certs.d");
      try (RealEdge edge = new RealEdge(folder.resolve("home"), KUBOS.get(0), KUBOS.get(1))) {
        edge.mirror(onBoth, "both");
        Path of = Files.createDirectories(hosts.resolve("registry.test"));
        Files.writeString(
            of.resolve("hosts.toml"),
            """
            server = "http://%s"
            [host."http://%s"]
            capabilities = ["pull", "resolve"]
            """
                .formatted(registry.host(), edge.resolver().registry()));

        fetch(hosts, name + ":both");
        assertThat(asked(registry)).as("the resolver gave it all").isEmpty();

        fetch(hosts, name + ":later");
        assertThat(asked(registry)).as("what the resolver lacks").contains("app/manifests/later");
      }
      ctr("images", "rm", "--sync", name + ":both");

      fetch(hosts, name + ":both");

      assertThat(asked(registry)).as("the resolver is down").contains("app/manifests/both");
      assertThat(ctr("content", "ls", "-q").lines())
          .containsAll(onBoth.blobs().keySet())
          .containsAll(atRegistryAlone.blobs().keySet());
      assertThat(containerd).isNotNull();
    }
  }

  /** What containerd asked of the registry. */
  private static String asked(RegistryDaemon registry) throws Exception {
    return registry.requests().stream()
        .filter(request -> request.contains("containerd/"))
        .collect(Collectors.joining("\n"));
  }

  private void fetch(Path hosts, String reference) throws Exception {
    ctr("content", "fetch", "--hosts-dir", hosts.toString(), reference);
  }

  private static void push(
      RegistryDaemon registry, String repository, String tag, RandomImage image) throws Exception {
    InMemoryRegistry source = new InMemoryRegistry();
    RepositoryName name = registry.name(repository);
    source.push(name, tag, image);
    new RegistryPusher(Registries.of(RegistryConfig.of(registry.host())), ClientSettings.defaults())
        .push(source, Reference.tagged(name, tag), name, tag);
  }

  private ContainerdServer containerd() {
    return ContainerdServer.in(folder.resolve("c"));
  }

  private String ctr(String... arguments) throws Exception {
    return containerd().ctr("test").run(arguments);
  }
}
