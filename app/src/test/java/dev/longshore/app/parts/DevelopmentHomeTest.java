package dev.longshore.app.parts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.app.settings.Settings;
import dev.longshore.settings.ConfigLoader;
import dev.longshore.settings.ConfigSources;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DevelopmentHomeTest {
  @TempDir Path folder;

  @Test
  void keepsItsSecretsForItsOwnerAlone() throws Exception {
    DevelopmentHome home = new DevelopmentHome(folder.resolve("home"));

    String token = home.webhookToken();
    assertThat(token).matches("[0-9a-f]{48}");
    assertThat(new DevelopmentHome(folder.resolve("home")).webhookToken()).isEqualTo(token);
    assertThat(home.swarmKey().file()).isEqualTo(home.swarmKey().file());
    assertThat(
            PosixFilePermissions.toString(Files.getPosixFilePermissions(home.webhookTokenFile())))
        .isEqualTo("rw-------");
  }

  @Test
  void staysWithThePortsOfItsFirstRun() throws Exception {
    DevelopmentHome home = new DevelopmentHome(folder);
    home.claim(new Ports(100));
    home.claim(new Ports(100));

    assertThatThrownBy(() -> home.claim(new Ports(200)))
        .isInstanceOf(PartFailedException.class)
        .hasMessageContaining("--port-offset 100");
  }

  @Test
  void writesSettingsThatAllServicesCanStartFrom() throws Exception {
    DevelopmentHome home = new DevelopmentHome(folder.resolve("it's home"));
    Ports ports = new Ports(300);
    new DevelopmentConfig(home, ports).write();

    Settings settings =
        new ConfigLoader<>(Settings.class)
            .load(new ConfigSources(home.config(), Map.of(), List.of()))
            .settings();

    assertThat(settings.shared().home()).isEqualTo(home.folder());
    assertThat(settings.shared().peers()).hasSize(Ports.PEERS);
    assertThat(settings.shared().kafka().bootstrapServers()).containsExactly("127.0.0.1:9392");
    assertThat(settings.shared().registries())
        .singleElement()
        .satisfies(registry -> assertThat(registry.host()).isEqualTo("localhost:5355"));
    assertThat(settings.resolver()).isNotNull();
    assertThat(settings.watcher().webhooks().listen().port()).isEqualTo(ports.webhooks());
  }
}
