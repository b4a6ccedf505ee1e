package dev.longshore.app.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.app.LongshoreProcess;
import dev.longshore.app.cli.HomeCommand;
import dev.longshore.oci.testing.InMemoryRegistry;
import dev.longshore.programs.Command;
import dev.longshore.programs.ContainerdServer;
import dev.longshore.programs.FreePorts;
import dev.longshore.programs.Program;
import dev.longshore.programs.Ready;
import dev.longshore.programs.RunningProgram;
import dev.longshore.programs.Tools;
import dev.longshore.testing.InTurn;
import dev.longshore.testing.SharedTurn;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * A containerd that {@code mirror apply} pointed at a resolver, asked through CRI as a kubelet
 * does, by ctr and by nerdctl; it is not restarted between.
 */
@Timeout(240)
@InTurn(SharedTurn.CLIENTS)
class MirrorIT {
  @RegisterExtension static final SharedCluster CLUSTER = new SharedCluster();

  private static final Duration COMMAND = Duration.ofMinutes(1);

  /** Of a dial that nothing limits. */
  private static final Duration DIAL = Duration.ofSeconds(30);

  @TempDir static Path machine;
  private static DevelopmentCluster cluster;
  private static ContainerdServer containerd;
  private static RunningProgram program;
  private static Path certs;

  @BeforeAll
  static void start() throws Exception {
    cluster = CLUSTER.get();
    certs = Files.createDirectory(machine.resolve("certs.d"));
    containerd = ContainerdServer.in(machine).isolated().forKubernetes(certs);
    program = containerd.start();
    // What is /tmp/.../certs.d for containerd is in the root of the machine that the command sees.
    Path seen = machine.resolve(certs.toString().substring(1));
    Files.createDirectories(seen.getParent());
    Files.createSymbolicLink(seen, Path.of("/certs.d"));
  }

  @AfterAll
  static void stop() throws Exception {
    program.close();
  }

  @AfterEach
  void remove() throws Exception {
    assertThat(mirror("remove").exitCode()).isZero();
    assertThat(certs).isEmptyDirectory();
  }

  private static LongshoreProcess.Ended mirror(String command, String... arguments)
      throws Exception {
    List<String> line =
        new ArrayList<>(
            List.of(
                "mirror",
                command,
                "--runtime",
                "containerd",
                "--root",
                machine.toString(),
                "--runtime-config",
                "/config.toml"));
    line.addAll(List.of(arguments));
    return HomeCommand.run(machine.resolve("home"), COMMAND, line.toArray(String[]::new));
  }

  private static void apply(String registry, int resolver) throws Exception {
    LongshoreProcess.Ended ended =
        mirror(
            "apply",
            "--registry",
            registry,
            "--resolver",
            "http://127.0.0.1:" + resolver,
            "--dial-timeout",
            "500ms");
    assertThat(ended.exitCode()).as(ended.err()).isZero();
  }

  private static String mirrored(String repository) throws Exception {
    InMemoryRegistry source = new InMemoryRegistry();
    RunnableImage.push(source, cluster.name(repository));
    cluster.push(source, cluster.name(repository), "v1");
    cluster.awaitTag(repository, "v1");
    return cluster.registry() + "/" + repository + ":v1";
  }

  private static Map<String, Command> clients() throws Exception {
    Map<String, Command> clients = new LinkedHashMap<>();
    String socket = "unix://" + containerd.socket();
    clients.put(
        "crictl",
        Tools.ofProject()
            .command("crictl", "--runtime-endpoint", socket, "--image-endpoint", socket, "pull"));
    clients.put(
        "ctr", containerd.ctr("ctr").with("images", "pull", "--hosts-dir", certs.toString()));
    clients.put(
        "nerdctl",
        containerd.nerdctl("nerdctl").with("--hosts-dir", certs.toString(), "pull", "--quiet"));
    return clients;
  }

  private static int port(String address) {
    return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
  }

  @Test
  void pullsFromTheResolverWhatTheRegistryCannotGive() throws Exception {
    String image = mirrored("team/from-resolver");
    int nobody = FreePorts.find(1).getFirst();

    apply(cluster.registry() + "=http://127.0.0.1:" + nobody, port(cluster.resolver()));

    for (Command client : clients().values()) {
      client.run(image);
    }
    LongshoreProcess.Ended shown = mirror("show");
    assertThat(shown.exitCode()).as(shown.out()).isZero();
    assertThat(shown.out()).contains("hosts.toml is as it was written", "answers; what it knows");
  }

  @Test
  void pullsFromTheRegistryWhileTheResolverIsAway() throws Exception {
    String image = mirrored("team/away");

    apply(cluster.registry(), FreePorts.find(1).getFirst());

    for (Command client : clients().values()) {
      client.run(image);
    }
    assertThat(mirror("show").exitCode()).isEqualTo(3);
  }

  @Test
  void waitsForAConnectionAsLongAsItWasTold() throws Exception {
    String image = mirrored("team/slow");
    try (FullQueue silent = new FullQueue()) {
      apply(cluster.registry(), silent.port());

      for (Map.Entry<String, Command> client : clients().entrySet()) {
        Instant start = Instant.now();
        client.getValue().run(image);
        assertThat(Duration.between(start, Instant.now())).as(client.getKey()).isLessThan(DIAL);
      }
    }
  }

  @Test
  void aPullInWhichTheResolverGoesDownEndsAtTheRegistry() throws Exception {
    String image = mirrored("team/cut");
    for (Map.Entry<String, Command> client : clients().entrySet()) {
      try (CutLine line = new CutLine(port(cluster.resolver()), 1 << 20)) {
        apply(cluster.registry(), line.port());

        client.getValue().run(image);

        assertThat(line.isCut()).as("%s, in the middle of the layer", client.getKey()).isTrue();
      }
    }
  }

  /** Docker Hub has no such image, and Docker would not find it here. */
  @Test
  void dockerAsksTheNextHostWhileAResolverIsAway(@TempDir Path folder) throws Exception {
    mirrored("team/docker");
    int nobody = FreePorts.find(1).getFirst();
    LongshoreProcess.Ended applied =
        HomeCommand.run(
            machine.resolve("home"),
            COMMAND,
            "mirror",
            "apply",
            "--runtime",
            "docker",
            "--root",
            folder.toString(),
            "--registry",
            "docker.io",
            "--resolver",
            "http://127.0.0.1:" + nobody,
            "--neighbour",
            "http://127.0.0.1:" + port(cluster.resolver()));
    assertThat(applied.exitCode()).as(applied.err()).isNotEqualTo(1);
    String socket = "unix://" + folder.resolve("d.sock");

    try (var _ = dockerd(folder, socket).start()) {
      Command docker = Tools.ofProject().command("docker", "--host", socket);

      docker.run("pull", "--quiet", "team/docker:v1");

      assertThat(docker.run("image", "inspect", "--format", "{{.RepoTags}}", "team/docker:v1"))
          .contains("team/docker:v1");
      assertThatThrownBy(() -> docker.run("pull", "--quiet", "team/nowhere:v1"))
          .as("what no resolver has is asked of Docker Hub")
          .hasMessageContaining("registry-1.docker.io");
    }
  }

  private static Program dockerd(Path folder, String socket) throws Exception {
    Command command =
        Tools.ofProject()
            .command("dockerd", "--bridge=none", "--iptables=false", "--ip6tables=false")
            .with("--config-file", folder.resolve("etc/docker/daemon.json").toString())
            .with("--host", socket, "--pidfile", folder.resolve("pid").toString())
            .with("--data-root", folder.resolve("data").toString())
            .with("--exec-root", folder.resolve("exec").toString());
    return new Program(
        "dockerd", command, folder.resolve("log"), Ready.says("API listen on"), COMMAND);
  }
}
