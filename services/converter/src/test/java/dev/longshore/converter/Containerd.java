package dev.longshore.converter;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A containerd of this test alone, and nerdctl against it. Needs root: it mounts layers and starts
 * containers.
 */
final class Containerd implements AutoCloseable {
  private static final List<String> UNUSED =
      List.of(
          "io.containerd.grpc.v1.cri",
          "io.containerd.cri.v1.images",
          "io.containerd.cri.v1.runtime",
          "io.containerd.nri.v1.nri");

  private final Path folder;
  private final Daemon daemon;
  private final Path nerdctl;

  private Containerd(Path folder, Daemon daemon, Path nerdctl) {
    this.folder = folder;
    this.daemon = daemon;
    this.nerdctl = nerdctl;
  }

  static Containerd start(Path folder) throws IOException, InterruptedException {
    Files.createDirectories(folder);
    Path program = Programs.path("containerd");
    Path settings = folder.resolve("config.toml");
    Files.writeString(
        settings,
        """
        version = 3
        root = "%1$s/root"
        state = "%1$s/state"
        disabled_plugins = ["%2$s"]
        [grpc]
        address = "%1$s/containerd.sock"
        """
            .formatted(folder, String.join("\", \"", UNUSED)));
    var command = new ProcessBuilder(program.toString(), "--config", settings.toString());
    // It looks for its shim and for runc on PATH.
    String path = program.getParent() + File.pathSeparator + System.getenv("PATH");
    command.environment().put("PATH", path + File.pathSeparator + "/usr/sbin");
    return new Containerd(
        folder, Daemon.start(command, "containerd successfully booted"), Programs.path("nerdctl"));
  }

  /**
   * Runs nerdctl; its standard output.
   *
   * @param namespace containerd's; nothing in one is seen in another
   * @param ipfsRepository a Kubo's repository, whose file {@code api} names its address
   */
  String nerdctl(String namespace, Path ipfsRepository, String... arguments)
      throws IOException, InterruptedException {
    var command =
        new ArrayList<>(
            List.of(
                nerdctl.toString(),
                "--address",
                folder + "/containerd.sock",
                "--namespace",
                namespace,
                "--data-root",
                folder + "/nerdctl",
                "--cni-path",
                folder + "/cni",
                "--cni-netconfpath",
                folder + "/cni-net",
                "--cgroup-manager",
                "cgroupfs",
                "--insecure-registry"));
    command.addAll(List.of(arguments));
    return Programs.run(Map.of("IPFS_PATH", ipfsRepository.toString()), command);
  }

  @Override
  public void close() throws InterruptedException {
    daemon.close();
  }
}
