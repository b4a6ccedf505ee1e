package dev.longshore.app.mirror;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where containerd looks for hosts, and how that is configured. */
class ContainerdConfigTest {
  @TempDir Path folder;
  private Machine machine;

  @BeforeEach
  void setUp() {
    machine = new Machine(folder);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[plugins.cri.registry]\nconfig_path = \"/opt/certs\"\n",
        """
        version = 2
        [plugins."io.containerd.grpc.v1.cri".registry]
        config_path = '/opt/certs'
        """,
        """
        version = 3
        [plugins.'io.containerd.cri.v1.images'.registry]
        config_path = "/opt/certs:/etc/docker/certs.d"
        """,
        "version = 3\nimports = [\"conf.d/*.toml\"]\n"
      })
  void itsOwnSettingsSayWhere(String config) throws Exception {
    machine.write(ContainerdConfig.FILE, config);
    machine.write(
        "/etc/containerd/conf.d/registry.toml",
        "[plugins.'io.containerd.cri.v1.images'.registry]\nconfig_path = \"/opt/certs\"\n");

    Mirrors.Done done = machine.apply(ContainerRuntime.CONTAINERD, Machine.spec("docker.io"));

    assertThat(done.incomplete()).isEmpty();
    assertThat(done.command()).isEmpty();
    assertThat(machine.at("/opt/certs/docker.io/hosts.toml")).exists();
  }

  private static final String RUNC =
      """
      # by hand
      version = 3
      [plugins.'io.containerd.cri.v1.images'.registry] # registries
        config_path = ""
      [plugins.'io.containerd.cri.v1.images'.pinned_images]
        sandbox = "pause" # not config_path = ""
      """;

  @Test
  void whatIsMissingIsSaidAndDoneWhenAskedFor() throws Exception {
    machine.write(ContainerdConfig.FILE, RUNC);
    Map<String, String> before = machine.all();

    Mirrors.Done said = machine.apply(ContainerRuntime.CONTAINERD, Machine.spec("docker.io"));
    assertThat(said.incomplete())
        .singleElement()
        .asString()
        .contains("[plugins.\"io.containerd.cri.v1.images\".registry]", "--set-config-path");
    assertThat(machine.text(ContainerdConfig.FILE)).isEqualTo(RUNC);

    Mirrors.Done done = machine.settingPath().apply(Machine.spec("docker.io"), false, false);
    assertThat(done.incomplete()).isEmpty();
    assertThat(done.command()).contains("systemctl restart containerd");
    assertThat(machine.text(ContainerdConfig.FILE))
        .isEqualTo(RUNC.replaceFirst("path = \"\"", "path = \"/etc/containerd/certs.d\""));

    Mirrors.Done again =
        machine.mirrors(ContainerRuntime.CONTAINERD).apply(Machine.spec("ghcr.io"), false, false);
    assertThat(again.incomplete()).as("it is said once").isEmpty();
    assertThat(again.command()).isEmpty();

    Mirrors.Done removed = machine.mirrors(ContainerRuntime.CONTAINERD).remove(false, false);
    assertThat(removed.command()).contains("systemctl restart containerd");
    assertThat(machine.all()).isEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "version = 2\n",
        "version = 2\n[plugins.\"io.containerd.grpc.v1.cri\"]\n  sandbox_image = \"p\"",
        "version = 2\n[plugins]\n  [plugins.\"io.containerd.grpc.v1.cri\".registry]\n    a = 1\n"
      })
  void isToldInItsOwnVersion(String config) throws Exception {
    if (!config.isEmpty()) {
      machine.write(ContainerdConfig.FILE, config);
    }

    machine.settingPath().apply(Machine.spec("docker.io"), false, false);

    ContainerdConfig told = new ContainerdConfig(new MachineRoot(folder), ContainerdConfig.FILE);
    assertThat(told.folders()).containsExactly(ContainerdConfig.CERTS);
    assertThat(machine.text(ContainerdConfig.FILE)).contains("version = 2");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "version = \n",
        "version = 2\nplugins = {\"io.containerd.grpc.v1.cri\" = {}}\n",
        """
        version = 2
        [plugins."io.containerd.grpc.v1.cri".registry.mirrors."docker.io"]
        endpoint = ["https://a"]
        """
      })
  void whatCannotBeToldIsLeftAlone(String config) throws Exception {
    machine.write(ContainerdConfig.FILE, config);
    Map<String, String> before = machine.all();

    assertThatThrownBy(() -> machine.settingPath().apply(Machine.spec("docker.io"), false, false))
        .isInstanceOf(MirrorException.class)
        .hasMessageContaining("nothing was changed");
    assertThat(machine.all()).isEqualTo(before);
    assertThat(Files.exists(machine.at("/etc/longshore"))).isFalse();
  }
}
