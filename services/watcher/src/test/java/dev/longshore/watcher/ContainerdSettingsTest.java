package dev.longshore.watcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.settings.ConfigException;
import dev.longshore.settings.ConfigLoader;
import dev.longshore.settings.ConfigSources;
import dev.longshore.settings.Setting;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ContainerdSettingsTest {
  @TempDir Path folder;

  record Root(@Setting(value = "[]", doc = "containerds") List<ContainerdSettings> containerd) {}

  @Test
  void aNameIsEnough() throws Exception {
    assertThat(load("containerd: [{name: node-1}]").containerd())
        .containsExactly(
            new ContainerdSettings(
                "node-1",
                Path.of("/run/containerd/containerd.sock"),
                List.of(),
                List.of("localhost:5050", "127.0.0.1:5050"),
                Duration.ofMinutes(5)));
  }

  @Test
  void twoOfOneNameAreRefused() {
    assertThatThrownBy(() -> load("containerd: [{name: node-1}, {name: node-1}]"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("node-1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Node", "a/b", "-a", "a..b", "'a b'", "''"})
  void aNameThatNoImageCouldBearIsRefused(String name) {
    assertThatThrownBy(() -> load("containerd: [{name: " + name + "}]"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("name: ");
  }

  @Test
  void lookingWithoutAPauseIsRefused() {
    assertThatThrownBy(() -> load("containerd: [{name: a, interval: 0s}]"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("interval");
  }

  private Root load(String yaml) throws Exception {
    Path file = Files.writeString(folder.resolve("longshore.yaml"), yaml + "\n");
    return new ConfigLoader<>(Root.class)
        .load(new ConfigSources(file, Map.of(), List.of()))
        .settings();
  }
}
