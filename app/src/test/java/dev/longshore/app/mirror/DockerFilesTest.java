package dev.longshore.app.mirror;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DockerFilesTest {
  @TempDir Path folder;
  private Machine machine;

  @BeforeEach
  void setUp() {
    machine = new Machine(folder);
  }

  @Test
  void mirrorsDockerHubBeforeTheMirrorsThatAreThere() throws Exception {
    machine.write(
        DaemonJson.FILE,
        """
        {"log-opts": {"max-size": "10m"}, "registry-mirrors": ["https://m.example.com/"], "x": 1.5}
        """);

    Mirrors.Done done = machine.apply(ContainerRuntime.DOCKER, Machine.spec("docker.io"));

    assertThat(done.command()).contains("systemctl reload docker");
    assertThat(machine.text(DaemonJson.FILE))
        .isEqualTo(
            """
            {
              "log-opts" : {
                "max-size" : "10m"
              },
              "registry-mirrors" : [ "http://127.0.0.1:5050", "https://10.0.0.8:5050", "https://m.example.com/" ],
              "x" : 1.5
            }
            """);
  }

  @Test
  void itsAuthorityIsWhereDockerLooks() throws Exception {
    Files.writeString(folder.resolve("ca.pem"), "-----BEGIN CERTIFICATE-----\n");

    machine.apply(
        ContainerRuntime.DOCKER,
        Machine.spec(Optional.of("/ca.pem"), Optional.empty(), "docker.io"));

    assertThat(machine.text("/etc/docker/certs.d/10.0.0.8:5050/longshore.crt"))
        .startsWith("-----BEGIN");
  }

  @Test
  void withContainerdsStoreAnyRegistryIsMirroredWithoutAReload() throws Exception {
    String config = "{\"features\": {\"containerd-snapshotter\": true}}";
    machine.write(DaemonJson.FILE, config);

    Mirrors.Done done =
        machine.apply(ContainerRuntime.DOCKER, Machine.spec("docker.io", "ghcr.io"));

    assertThat(done.command()).isEmpty();
    assertThat(done.notes()).anyMatch(note -> note.contains("containerd's store"));
    assertThat(machine.text(DaemonJson.FILE)).isEqualTo(config);
    assertThat(machine.text("/etc/docker/certs.d/ghcr.io/hosts.toml"))
        .contains("longshore mirror remove --runtime docker", "[host.\"http://127.0.0.1:5050\"]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{", "[]", "{\"registry-mirrors\": \"https://m.example.com\"}"})
  void aBrokenFileIsLeftAlone(String config) throws Exception {
    machine.write(DaemonJson.FILE, config);
    Map<String, String> before = machine.all();

    assertThatThrownBy(() -> machine.apply(ContainerRuntime.DOCKER, Machine.spec("docker.io")))
        .isInstanceOf(MirrorException.class)
        .hasMessageContaining("nothing was changed: mend it");
    assertThat(machine.all()).isEqualTo(before);
  }

  @Test
  void whatDockerCannotDoIsRefused() throws Exception {
    Files.writeString(folder.resolve("login"), "edge:t0ken");
    Optional<ResolverLogin> login = Optional.of(ResolverLogin.of(folder.resolve("login")));

    assertThatThrownBy(() -> machine.apply(ContainerRuntime.DOCKER, Machine.spec("ghcr.io")))
        .hasMessageContaining("Docker mirrors docker.io alone");
    assertThatThrownBy(
            () ->
                machine.apply(
                    ContainerRuntime.DOCKER, Machine.spec(Optional.empty(), login, "docker.io")))
        .hasMessageContaining("Docker shows a mirror no credential");
  }
}
