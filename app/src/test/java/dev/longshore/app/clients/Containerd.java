package dev.longshore.app.clients;

import dev.longshore.testing.Programs;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A containerd of this test alone. Needs root: it mounts layers and starts containers. */
final class Containerd implements AutoCloseable {
  private static final int START_SECONDS = 60;
  private static final int STOP_SECONDS = 20;

  private final Path folder;
  private final Process process;

  private Containerd(Path folder, Process process) {
    this.folder = folder;
    this.process = process;
  }

  static Containerd start(Path folder) throws IOException, InterruptedException {
    return start(folder, "");
  }

  /** With a snapshotter called {@code stargz} that answers at this socket. */
  static Containerd startWithStargz(Path folder, Path socket)
      throws IOException, InterruptedException {
    return start(
        folder,
        """
        [proxy_plugins.stargz]
        type = "snapshot"
        address = "%s"
        """
            .formatted(socket));
  }

  private static Containerd start(Path folder, String plugins)
      throws IOException, InterruptedException {
    Files.createDirectories(folder);
    Path program = Programs.find("containerd");
    Path settings = folder.resolve("config.toml");
    Files.writeString(
        settings,
        """
        version = 3
        root = "%1$s/root"
        state = "%1$s/state"
        disabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.cri.v1.images", \
        "io.containerd.cri.v1.runtime", "io.containerd.nri.v1.nri"]
        # Or a client would not fetch what another has in its namespace.
        [plugins."io.containerd.metadata.v1.bolt"]
        content_sharing_policy = "isolated"
        [grpc]
        address = "%1$s/containerd.sock"
        """
                .formatted(folder)
            + plugins);
    var command = new ProcessBuilder(program.toString(), "--config", settings.toString());
    // It looks for its shim and for runc on PATH.
    String path = program.getParent() + File.pathSeparator + System.getenv("PATH");
    command.environment().put("PATH", path + File.pathSeparator + "/usr/sbin");
    Process process = command.redirectErrorStream(true).start();
    var booted = new CountDownLatch(1);
    Queue<String> log = new ConcurrentLinkedQueue<>();
    Thread.ofPlatform().daemon().start(() -> follow(process, log, booted));
    if (!booted.await(START_SECONDS, TimeUnit.SECONDS) || !process.isAlive()) {
      process.destroyForcibly();
      throw new IOException("containerd did not start:\n" + String.join("\n", log));
    }
    return new Containerd(folder, process);
  }

  private static void follow(Process process, Queue<String> log, CountDownLatch booted) {
    try (BufferedReader lines = process.inputReader()) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        log.add(line);
        if (line.contains("containerd successfully booted")) {
          booted.countDown();
        }
      }
    } catch (IOException e) {
      log.add(e.toString());
    }
    booted.countDown();
  }

  /**
   * nerdctl in a namespace of its own.
   *
   * @param ipfsRepository a Kubo's repository, whose file {@code api} names its address
   */
  Tool nerdctl(Path ipfsRepository) throws IOException, InterruptedException {
    return Tool.of(
        folder,
        Map.of("IPFS_PATH", ipfsRepository.toString()),
        "nerdctl",
        "--address",
        folder + "/containerd.sock",
        "--namespace",
        "nerdctl",
        "--data-root",
        folder + "/nerdctl",
        "--cni-path",
        folder + "/cni",
        "--cni-netconfpath",
        folder + "/cni-net",
        "--cgroup-manager",
        "cgroupfs",
        "--insecure-registry");
  }

  /** ctr in a namespace of its own. */
  Tool ctr() throws IOException, InterruptedException {
    return ctr("ctr", "ctr");
  }

  /** ctr where {@link #nerdctl} has its images. */
  Tool ctrOfNerdctl() throws IOException, InterruptedException {
    return ctr("ctr", "nerdctl");
  }

  /** The same with what the stargz-snapshotter adds. */
  Tool ctrRemote() throws IOException, InterruptedException {
    return ctr("ctr-remote", "ctr");
  }

  private Tool ctr(String program, String namespace) throws IOException, InterruptedException {
    String socket = folder + "/containerd.sock";
    return Tool.of(folder, program, "--address", socket, "--namespace", namespace);
  }

  @Override
  public void close() throws IOException, InterruptedException {
    process.destroy();
    if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
    unmount();
  }

  /** What {@code ctr images mount} had it mount stays so, whatever ctr unmounts. */
  private void unmount() throws IOException, InterruptedException {
    String below = folder + "/state/";
    for (String line : Files.readAllLines(Path.of("/proc/self/mounts"))) {
      String target = line.split(" ", -1)[1];
      if (target.startsWith(below)) {
        new ProcessBuilder("umount", "--lazy", target).start().waitFor();
      }
    }
  }
}
