package dev.longshore.resolver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.ipfs.testing.SharedKubos;
import dev.longshore.resolver.testing.Daemon;
import dev.longshore.resolver.testing.Edge;
import dev.longshore.resolver.testing.MirroredImage;
import dev.longshore.resolver.testing.RealEdge;
import dev.longshore.testing.Programs;
import dev.longshore.testing.RandomImage;
import dev.longshore.testing.RandomImageOptions;
import java.nio.file.Files;
import java.nio.file.Path;
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
        Daemon containerd = containerd()) {
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

  private Daemon containerd() throws Exception {
    Path settings = folder.resolve("containerd.toml");
    Files.writeString(
        settings,
        """
        version = 3
        root = "%1$s/containerd-root"
        state = "%1$s/containerd-state"
        disabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.cri.v1.images", \
        "io.containerd.cri.v1.runtime", "io.containerd.nri.v1.nri"]
        [grpc]
        address = "%1$s/c.sock"
        """
            .formatted(folder));
    return Daemon.start(
        new ProcessBuilder(Programs.find("containerd").toString(), "--config", settings.toString()),
        "containerd successfully booted");
  }

  private String ctr(String... arguments) throws Exception {
    String[] all = new String[arguments.length + 4];
    all[0] = "--address";
    all[1] = folder + "/c.sock";
    all[2] = "--namespace";
    all[3] = "test";
    System.arraycopy(arguments, 0, all, 4, arguments.length);
    return Programs.run("ctr", all);
  }
}
