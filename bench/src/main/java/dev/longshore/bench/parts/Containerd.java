package dev.longshore.bench.parts;

import dev.longshore.app.parts.PartFailedException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A containerd of its own, and nerdctl against it. Both want root. */
public final class Containerd implements AutoCloseable {
  private static final Duration START = Duration.ofSeconds(60);

  /** Nothing that only Kubernetes needs. */
  private static final List<String> UNUSED =
      List.of(
          "io.containerd.grpc.v1.cri",
          "io.containerd.cri.v1.images",
          "io.containerd.cri.v1.runtime",
          "io.containerd.nri.v1.nri");

  private final Path folder;
  private final Path nerdctl;
  private final Daemon daemon;

  private Containerd(Path folder, Path nerdctl, Daemon daemon) {
    this.folder = folder;
    this.nerdctl = nerdctl;
    this.daemon = daemon;
  }

  /** Whether this process is root's. */
  public static boolean canRun() {
    return "root".equals(System.getProperty("user.name"));
  }

  /** Starts it with everything in the folder. */
  public static Containerd start(Tools tools, Path folder)
      throws IOException, PartFailedException, InterruptedException {
    return start(tools, folder, "");
  }

  /** The same with a snapshotter called {@code stargz} that answers at this socket. */
  public static Containerd startWithStargz(Tools tools, Path folder, Path socket)
      throws IOException, PartFailedException, InterruptedException {
    return start(
        tools,
        folder,
        """
        [proxy_plugins.stargz]
        type = "snapshot"
        address = "%s"
        """
            .formatted(socket));
  }

  private static Containerd start(Tools tools, Path folder, String plugins)
      throws IOException, PartFailedException, InterruptedException {
    Files.createDirectories(folder);
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
                .formatted(folder, String.join("\", \"", UNUSED))
            + plugins);
    Path program = tools.path("containerd");
    String path = program.getParent() + File.pathSeparator + System.getenv("PATH");
    Daemon daemon =
        Daemon.start(
            List.of(program.toString(), "--config", settings.toString()),
            Map.of("PATH", path),
            folder.resolve("containerd.log"),
            line -> line.contains("containerd successfully booted"),
            START);
    return new Containerd(folder, tools.path("nerdctl"), daemon);
  }

  /**
   * Runs nerdctl.
   *
   * @param environment says where Kubo is
   * @return its standard output
   */
  public String nerdctl(Map<String, String> environment, String... arguments)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                nerdctl.toString(),
                "--address",
                folder + "/containerd.sock",
                "--namespace",
                "bench",
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
    return Shell.run(command, environment);
  }

  @Override
  public void close() {
    daemon.close();
  }
}
