package dev.longshore.app.settings;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.app.InMemoryLongshore;
import dev.longshore.resolver.hub.settings.SiteGroupSettings;
import dev.longshore.runtime.config.PeerSettings;
import dev.longshore.settings.ConfigLoader;
import dev.longshore.settings.ConfigSources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FollowedSettingsTest {
  private static final String PEER =
      "  - {name: %s, rpc: \"http://127.0.0.1:1/%1$s\", gateway: \"http://127.0.0.1:2/%1$s\"}\n";
  private static final String TWO = "peers:\n" + PEER.formatted("a") + PEER.formatted("b");

  @TempDir Path folder;
  private Path file;
  private FollowedSettings settings;

  @BeforeEach
  void start() throws Exception {
    file = Files.writeString(folder.resolve("longshore.yaml"), TWO);
    follow(Map.of());
  }

  private void follow(Map<String, String> environment) throws Exception {
    ConfigSources sources = new ConfigSources(file, environment, List.of());
    settings =
        FollowedSettings.of(
            new ConfigLoader<>(Settings.class).load(sources).settings(), sources, _ -> {});
    settings.start();
  }

  @AfterEach
  void stop() {
    settings.stop(Duration.ZERO);
  }

  @Test
  void whatIsMadeOfThemChangesTogetherOrNotAtAll() throws Exception {
    var first = settings.current().made(now -> now.peers().size());
    var second =
        settings
            .current()
            .made(
                now -> {
                  if (now.rules().firstMatch(InMemoryLongshore.APP, "1").settings().copies() == 7) {
                    throw new IllegalArgumentException("seven is not possible");
                  }
                  return now.peers().size();
                });

    change(TWO + PEER.formatted("c") + "rules: [{copies: 7}]\n");
    assertThat(first.get()).isEqualTo(second.get()).isEqualTo(2);
    assertThat(settings.staleness().refused())
        .startsWith(file.toString())
        .contains("seven is not possible");
    assertThat(settings.now().shared().peers()).hasSize(2);

    change(TWO + PEER.formatted("c") + "rules: [{copies: 6}]\n");
    assertThat(first.get()).isEqualTo(second.get()).isEqualTo(3);
    assertThat(settings.staleness()).isEqualTo(FollowedSettings.Staleness.NONE);
    assertThat(settings.now().shared().peers()).hasSize(3);
  }

  @Test
  void groupsOfSitesCountWithoutARestartAndTheirHubsAddressAfterOne() throws Exception {
    stop();
    String hub = TWO + "sites: {url: \"%s\", signing-key-file: key.pem, groups: [%s]}\n";
    String url = "https://hub.example";
    Files.writeString(file, hub.formatted(url, "{name: shops}"));
    follow(Map.of());
    assertThat(settings.siteGroups()).extracting(SiteGroupSettings::name).containsExactly("shops");

    change(hub.formatted(url, "{name: shops}, {name: ships}"));
    assertThat(settings.siteGroups())
        .extracting(SiteGroupSettings::name)
        .containsExactly("shops", "ships");
    assertThat(settings.staleness()).isEqualTo(FollowedSettings.Staleness.NONE);

    change(hub.formatted("https://other.example", "{name: shops}"));
    assertThat(settings.staleness().waiting()).containsExactly("sites.url");
    change(hub.formatted(url, "{name: shops}, {name: shops}"));
    assertThat(settings.staleness().refused()).contains("two are named \"shops\"");
    assertThat(settings.siteGroups()).hasSize(1);
  }

  @Test
  void afterARefusalWhatCountedBeforeStillCounts() throws Exception {
    var peers = settings.current().made(now -> now.peers().size());
    settings
        .current()
        .made(
            now -> {
              if (now.peers().size() == 4) {
                throw new IllegalStateException("no");
              }
              return now;
            });

    change(TWO + PEER.formatted("c"));
    change(TWO + PEER.formatted("c") + PEER.formatted("d"));

    assertThat(peers.get()).isEqualTo(3);
  }

  @Test
  void aFileThatIsStillBeingWrittenDoesNotCount() throws Exception {
    Files.writeString(file, "peers:\n" + PEER.formatted("a"));
    settings.look();
    assertThat(names()).containsExactly("a", "b");

    change(TWO + PEER.formatted("c"));
    assertThat(names()).containsExactly("a", "b", "c");
  }

  @Test
  void variablesStillComeBeforeTheFile() throws Exception {
    stop();
    follow(Map.of("LONGSHORE_PEERS_B_ZONE", "north"));

    change(TWO.replace("name: b", "zone: south, name: b") + PEER.formatted("c"));
    assertThat(settings.now().shared().peers().get(1).place().zone()).isEqualTo("north");

    change("peers:\n" + PEER.formatted("a"));
    assertThat(settings.staleness().refused()).contains("LONGSHORE_PEERS_B_ZONE");
    assertThat(names()).containsExactly("a", "b", "c");
  }

  @Test
  void aFileThatNoParserStandsIsRefusedAndTheNextCounts() throws Exception {
    settings
        .current()
        .made(
            now -> {
              if (now.peers().size() == 3) {
                throw new StackOverflowError();
              }
              return now;
            });

    change("peers: " + "[".repeat(200_000));
    assertThat(settings.staleness().refused()).startsWith(file.toString());
    change(TWO + PEER.formatted("c"));
    assertThat(settings.staleness().refused()).contains("StackOverflowError");
    assertThat(names()).containsExactly("a", "b");

    change(TWO + PEER.formatted("c") + PEER.formatted("d"));
    assertThat(names()).containsExactly("a", "b", "c", "d");
    assertThat(settings.staleness()).isEqualTo(FollowedSettings.Staleness.NONE);
  }

  @Test
  void aFileThatIsGoneOrPutBackIsNoLossOfSettings() throws Exception {
    Path aside = folder.resolve("aside");
    Files.move(file, aside);
    look();
    assertThat(settings.staleness().refused()).contains("there is no such file");
    assertThat(names()).containsExactly("a", "b");

    Files.move(aside, file);
    look();
    assertThat(settings.staleness()).isEqualTo(FollowedSettings.Staleness.NONE);
  }

  @Test
  void aFileThatIsEmptyForAWhileIsNoLossOfSettings() throws Exception {
    change(TWO + "rules: [{copies: 2}]\n");
    for (String cut : List.of("", "# ours\n", "rules: [{copies: 2}]\n")) {
      change(cut);
      assertThat(settings.staleness().refused()).as(cut).startsWith(file.toString());
      assertThat(names()).as(cut).containsExactly("a", "b");
    }

    change("rules: [{copies: 3}]\n" + TWO);
    assertThat(settings.staleness().refused()).isNull();
  }

  @Test
  void anEmptyFileEndsNoRule() throws Exception {
    stop();
    Files.writeString(file, "rules: [{copies: 2}]\n");
    follow(Map.of());

    change("");
    assertThat(settings.staleness().refused()).startsWith(file.toString());
    assertThat(settings.now().shared().rules()).hasSize(1);

    change("instance: main\n");
    assertThat(settings.now().shared().rules()).isEmpty();
  }

  @Test
  void anotherPlaceOfTheSameSecretCounts() throws Exception {
    Path old = Files.writeString(folder.resolve("old"), "same");
    Path now = Files.writeString(folder.resolve("now"), "same");
    String peer = "peers:\n" + PEER.formatted("a").replace("}", ", authorization-file: %s}");
    String token = "health: {credentials: {token-file: %s}}\n";
    change(peer.formatted(old) + token.formatted(old));
    PeerSettings before = settings.now().shared().peers().getFirst();

    change(peer.formatted(now) + token.formatted(now));
    PeerSettings after = settings.now().shared().peers().getFirst();
    assertThat(after).isNotEqualTo(before);
    assertThat(settings.staleness().waiting()).containsExactly("health.credentials.token");
  }

  @Test
  void otherSettingsWaitForARestartAndAreNamed() throws Exception {
    change(TWO + "instance: other\npinner: {lost-after: 1h}\n");

    assertThat(settings.staleness().waiting()).containsExactly("instance", "pinner.lost-after");
    assertThat(settings.now().shared().instance()).isEqualTo("main");

    change(TWO);
    assertThat(settings.staleness().waiting()).isEmpty();
  }

  private void change(String text) throws IOException {
    Files.writeString(file, text);
    look();
  }

  /** As often as a change has to be seen. */
  private void look() {
    settings.look();
    settings.look();
  }

  private List<String> names() {
    return settings.now().shared().peers().stream().map(PeerSettings::name).toList();
  }
}
