package dev.longshore.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MirrorCommandTest {
  @TempDir Path folder;
  private final CommandRun command = new CommandRun();
  private Path hosts;

  @BeforeEach
  void setUp() throws IOException {
    hosts = folder.resolve("etc/containerd/certs.d/docker.io/hosts.toml");
    Files.createDirectories(folder.resolve("etc/containerd"));
  }

  private void configPath() throws IOException {
    Files.writeString(
        folder.resolve("etc/containerd/config.toml"),
        "[plugins.cri.registry]\nconfig_path = \"/etc/containerd/certs.d\"\n");
  }

  private int run(String name, String... arguments) {
    List<String> line =
        new ArrayList<>(
            List.of("mirror", name, "--runtime", "containerd", "--root", folder.toString()));
    line.addAll(List.of(arguments));
    return command.run(line.toArray(String[]::new));
  }

  @Test
  void saysWhatItChangesAndTakesItBack() throws Exception {
    configPath();

    assertThat(run("apply", "--registry", "docker.io", "--dry-run")).isZero();
    assertThat(command.out()).contains("would change /etc/containerd/certs.d/docker.io/hosts.toml");
    assertThat(hosts).doesNotExist();
    assertThat(run("apply", "--registry", "docker.io")).as(command.err()).isZero();
    assertThat(hosts).exists();
    assertThat(run("apply", "--registry", "docker.io")).isZero();
    assertThat(command.out()).isEqualTo("containerd is set already\n");
    assertThat(run("remove", "--json")).isZero();
    assertThat(command.out())
        .contains("\"path\" : \"/etc/containerd/certs.d/docker.io/hosts.toml\"");
    assertThat(hosts).doesNotExist();
    assertThat(run("remove")).isZero();
    assertThat(command.out()).isEqualTo("containerd has nothing of Longshore\n");
  }

  @Test
  void isIncompleteWhereContainerdMayNotLook() {
    assertThat(run("apply", "--registry", "docker.io")).isEqualTo(3);
    assertThat(command.err())
        .contains("not yet whole: /etc/containerd/config.toml does not say config_path")
        .contains("config_path = \"/etc/containerd/certs.d\"");
    assertThat(hosts).exists();
  }

  @Test
  void failsAndChangesNothingWhereSomeoneChangedAFile() throws Exception {
    configPath();
    assertThat(run("apply", "--registry", "docker.io")).isZero();
    Files.writeString(hosts, "server = \"https://mine.example.com\"\n");

    assertThat(run("remove")).isEqualTo(1);

    assertThat(command.err())
        .startsWith("longshore: mirror remove: " + hosts + " was changed by someone")
        .contains("+ server = \"https://mine.example.com\"", "nothing was changed");
    assertThat(hosts).hasContent("server = \"https://mine.example.com\"");
  }

  @Test
  void takesTheRegistriesOfTheSettings() throws Exception {
    configPath();
    Path settings =
        Files.writeString(
            folder.resolve("longshore.yaml"),
            """
            registries:
              - {name: hub, host: registry.example.com}
            resolver:
              default-registry: docker.io
              kubo: {name: own, rpc: "http://127.0.0.1:5001", gateway: "http://127.0.0.1:8080"}
            """);

    assertThat(run("apply", "--config", settings.toString())).as(command.err()).isZero();

    assertThat(command.out()).contains("/registry.example.com/hosts.toml", "/docker.io/hosts.toml");
  }

  @Test
  void refusesWhatCannotBeMeant() {
    assertThat(run("apply", "--registry", "docker.io", "--restart")).isEqualTo(2);
    assertThat(command.err()).contains("--restart: not together with --root");
    assertThat(run("apply", "--registry", "https://docker.io")).isEqualTo(2);
    assertThat(run("apply", "--registry", "docker.io", "--resolver", "http://u:p@a")).isEqualTo(2);
    assertThat(command.err()).doesNotContain("u:p");
    assertThat(folder.resolve("etc/longshore")).doesNotExist();
  }
}
