package dev.longshore.programs;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A containerd with everything in one folder, including its log, and without plugins only for
 * Kubernetes. Needs root.
 *
 * @param folder with a short path, because a socket's has at most 107 bytes
 * @param settings further ones, in TOML
 * @param unused plugins that are left out
 * @param network namespace in which it and its clients run; that of this process if empty
 */
public record ContainerdServer(
    Tools tools, Path folder, String settings, List<String> unused, Optional<Path> network) {
  private static final Duration START = Duration.ofSeconds(60);
  private static final String NRI = "io.containerd.nri.v1.nri";
  private static final List<String> UNUSED =
      List.of(
          "io.containerd.grpc.v1.cri",
          "io.containerd.cri.v1.images",
          "io.containerd.cri.v1.runtime",
          NRI);

  /** Without plugins only for Kubernetes. */
  public ContainerdServer(Tools tools, Path folder, String settings) {
    this(tools, folder, settings, UNUSED, Optional.empty());
  }

  public static ContainerdServer in(Path folder) {
    return new ContainerdServer(Tools.ofProject(), folder, "");
  }

  /** With content isolated between clients. */
  public ContainerdServer isolated() {
    return with(
        """
        [plugins."io.containerd.metadata.v1.bolt"]
        content_sharing_policy = "isolated"
        """);
  }

  /** With a snapshotter called {@code stargz} that answers at this socket. */
  public ContainerdServer withStargz(Path socket) {
    return with(
        """
        [proxy_plugins.stargz]
        type = "snapshot"
        address = "%s"
        """
            .formatted(socket));
  }

  /**
   * With what a kubelet talks to.
   *
   * @param certs folder with a registry's hosts
   */
  public ContainerdServer forKubernetes(Path certs) {
    ContainerdServer further =
        with(
            """
            [plugins."io.containerd.cri.v1.images".registry]
            config_path = "%1$s"
            [plugins."io.containerd.cri.v1.runtime"]
            restrict_oom_score_adj = true
            disable_apparmor = true
            [plugins."io.containerd.cri.v1.runtime".cni]
            bin_dirs = ["%2$s/cni"]
            conf_dir = "%2$s/cni-net"
            """
                .formatted(certs, folder));
    return new ContainerdServer(tools, folder, further.settings, List.of(NRI), network);
  }

  /** In another network namespace, with its clients. */
  public ContainerdServer inNetwork(Path namespace) {
    return new ContainerdServer(tools, folder, settings, unused, Optional.of(namespace));
  }

  private Command there(Command command) {
    return network.map(command::inNetwork).orElse(command);
  }

  private ContainerdServer with(String further) {
    return new ContainerdServer(tools, folder, settings + further, unused, network);
  }

  public Path socket() {
    return folder.resolve("c.sock");
  }

  public RunningProgram start() throws IOException, InterruptedException {
    Files.createDirectories(folder);
    Path file = Files.writeString(folder.resolve("config.toml"), toml());
    Path program = tools.path("containerd");
    // Where it looks for its shim and for runc.
    String path =
        String.join(
            File.pathSeparator,
            program.resolveSibling("").toString(),
            System.getenv("PATH"),
            "/usr/sbin");
    Command command =
        Command.of(program.toString(), "--config", file.toString()).with(Map.of("PATH", path));
    Path log = folder.resolve("containerd.log");
    Ready ready = Ready.says("containerd successfully booted");
    return new Program("containerd", there(command), log, ready, START).start();
  }

  private String toml() {
    return """
    version = 3
    root = "%1$s/root"
    state = "%1$s/state"
    disabled_plugins = ["%2$s"]
    [grpc]
    address = "%3$s"
    """
            .formatted(folder, String.join("\", \"", unused), socket())
        + settings;
  }

  /** {@code ctr} in a namespace. */
  public Command ctr(String namespace) throws IOException, InterruptedException {
    return ctr("ctr", namespace);
  }

  /** {@code ctr}, or another program that takes its options. */
  public Command ctr(String program, String namespace) throws IOException, InterruptedException {
    return there(
        tools.command(program, "--address", socket().toString(), "--namespace", namespace));
  }

  /** {@code nerdctl} in a namespace. */
  public Command nerdctl(String namespace) throws IOException, InterruptedException {
    Command nerdctl =
        tools.command(
            "nerdctl",
            "--address",
            socket().toString(),
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
            "--insecure-registry");
    return there(nerdctl.in(folder));
  }

  /**
   * The same with an IPFS node.
   *
   * @param ipfsRepository a Kubo's repository, whose file {@code api} names its address
   */
  public Command nerdctl(String namespace, Path ipfsRepository)
      throws IOException, InterruptedException {
    return nerdctl(namespace).with(Map.of("IPFS_PATH", ipfsRepository.toString()));
  }
}
