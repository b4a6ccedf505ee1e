package dev.longshore.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FormerKeyTest {
  private static final String FORMER = "peers: [{name: a, site: north}]\n";

  @TempDir Path folder;

  record Own(@Setting(value = "[]", doc = "peers") List<Peer> peers) {}

  record Peer(
      @Setting(unique = "name", doc = "name") String name,
      @Setting(value = "default", former = "site", doc = "where it stands") String zone) {}

  private String zone(String yaml, Map<String, String> environment, String... flags)
      throws ConfigException {
    ConfigText config = new ConfigText(folder);
    return new ConfigLoader<>(Own.class)
        .load(config.yaml(yaml, environment, flags))
        .settings()
        .peers()
        .getFirst()
        .zone();
  }

  @Test
  void isRead() throws ConfigException {
    assertThat(zone(FORMER, Map.of())).isEqualTo("north");
    assertThat(zone("peers: [{name: a, zone: south}]\n", Map.of())).isEqualTo("south");
    assertThat(zone("peers: [{name: a}]\n", Map.of())).isEqualTo("default");
  }

  @Test
  void isOverriddenByEitherName() throws ConfigException {
    assertThat(zone(FORMER, Map.of(), "peers.a.zone=east")).isEqualTo("east");
    assertThat(zone(FORMER, Map.of("LONGSHORE_PEERS_A_SITE", "west"))).isEqualTo("west");
    String newer = "peers: [{name: a, zone: south}]\n";
    assertThat(zone(newer, Map.of("LONGSHORE_PEERS_A_SITE", "west"))).isEqualTo("west");
  }

  @Test
  void isRefusedBesideTheNewOne() {
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> zone("peers: [{name: a, zone: south, site: north}]\n", Map.of()))
        .withMessageContaining("peers[0].site: is the earlier name of zone, which is set too");
  }

  @Test
  void isNamedInTheTable() {
    assertThat(SettingsTable.of(Own.class))
        .contains("where it stands; `site` in earlier releases, which is still read");
  }
}
