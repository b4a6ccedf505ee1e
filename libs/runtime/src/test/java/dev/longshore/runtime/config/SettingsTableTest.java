package dev.longshore.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.List;
import org.junit.jupiter.api.Test;

class SettingsTableTest {
  record Bare(String text) {}

  record Odd(@Setting(doc = "no type of ours") Thread thread) {}

  record Broken(@Setting(value = "[", doc = "no YAML") List<String> list) {}

  @Test
  void showsEverySettingWithDefaultFormUnitAndMeaning() {
    assertThat(SettingsTable.of(SharedSettings.class).lines())
        .startsWith("| setting | default | form | what it does |", "|---|---|---|---|")
        .contains(
            "| `home` | `.longshore` | a path | folder for local stores and the development parts'"
                + " state |",
            "| `kafka.bootstrap-servers` | `[127.0.0.1:9092]` | list: text | brokers to ask for the"
                + " cluster |",
            "| `registries[].host` | required | text | host[:port] as references have it, such as"
                + " localhost:5055 |",
            "| `registries[].credentials.password-file` | none | path of a file | file with the"
                + " password; a newline at its end is left out |",
            "| `health.listen` | `127.0.0.1:5056` | host:port | address and port to listen on |")
        .hasSize(2 + 72);
  }

  @Test
  void aRecordThatCannotBeSettingsIsAMistakeOfTheProgram() {
    assertThatIllegalStateException()
        .isThrownBy(() -> new ConfigLoader<>(Bare.class))
        .withMessage("Bare.text is neither @Setting nor @Inline");
    assertThatIllegalStateException()
        .isThrownBy(() -> new ConfigLoader<>(Odd.class))
        .withMessage("a setting cannot be a class java.lang.Thread");
    assertThatIllegalStateException()
        .isThrownBy(() -> new ConfigLoader<>(Broken.class))
        .withMessageStartingWith("default in Broken: ");
  }
}
