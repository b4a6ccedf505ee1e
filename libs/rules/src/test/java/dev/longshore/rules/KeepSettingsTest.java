package dev.longshore.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.longshore.model.RepositoryName;
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

class KeepSettingsTest {
  @TempDir Path folder;

  record Own(@Setting(value = "[]", doc = "rules") List<RuleSettings> rules) {}

  @Test
  void areReadByTheirKeys() throws Exception {
    List<RuleSettings> rules =
        rules(
            """
            rules:
              - match: r/ci
                keep: {tags: {last: 3, match: [ci-*]}}
                release: unattended
              - match: r/**
                keep: {last: 2, for: 7d, deleted-for: 1d, pulled-within: 30d}
            """);
    Rules all = new Rules(rules);

    assertThat(all.keep(RepositoryName.stored("r", "app")))
        .contains(
            new KeepSettings(2, Duration.ofDays(7), Duration.ofDays(1), Duration.ofDays(30), null));
    assertThat(all.keep(RepositoryName.stored("r", "ci")).orElseThrow().tags())
        .isEqualTo(new KeepSettings.KeepTagsSettings(3, List.of("ci-*")));
    assertThat(all.isGuarded(RepositoryName.stored("r", "ci"))).isFalse();
    assertThat(all.isGuarded(RepositoryName.stored("r", "app"))).isTrue();
    assertThat(all.keep(RepositoryName.stored("other", "app"))).isEmpty();
    assertThat(all.keepAll()).isFalse();
    assertThat(Rules.countPulls(rules)).isTrue();
  }

  @Test
  void withoutThemEverythingStays() throws Exception {
    List<RuleSettings> rules = rules("rules: [{match: '**'}]\n");

    assertThat(new Rules(rules).keepAll()).isTrue();
    assertThat(new Rules(rules).keep(RepositoryName.stored("r", "app"))).isEmpty();
    assertThat(Rules.countPulls(rules)).isFalse();
  }

  @Test
  void whatCannotBeKeptIsRefused() {
    refused("{last: 51}", "last: 51 (expected: 0 to 50)");
    refused("{pulled-within: 401d}", "pulled-within: 401d (expected: 400d or less)");
    refused("{tags: {last: 0}}", "last: 0 (expected: 1 or more)");
    refused("{tags: {last: 1, match: [a/b]}}", "a pattern of tags, which have no /");
  }

  private void refused(String keep, String why) {
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> rules("rules: [{match: '**', keep: " + keep + "}]\n"))
        .withMessageContaining(why);
  }

  private List<RuleSettings> rules(String yaml) throws Exception {
    Path file = Files.writeString(folder.resolve("longshore.yaml"), yaml);
    return new ConfigLoader<>(Own.class)
        .load(new ConfigSources(file, Map.of(), List.of()))
        .settings()
        .rules();
  }
}
