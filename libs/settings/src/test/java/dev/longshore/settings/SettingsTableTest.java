package dev.longshore.settings;

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
    assertThat(SettingsTable.of(Program.class))
        .isEqualTo(
            """
            | setting | default | form | what it does |
            |---|---|---|---|
            | `home` | `.program` | a path | folder of its own |
            | `kafka.bootstrap-servers` | `[127.0.0.1:9092]` | list: text | brokers |
            | `kafka.topic-prefix` | `program.` | text | begins names |
            | `kafka.replication-factor` | none | a whole number, replicas | replicas of a topic |
            | `registries[].name` | required | text | name for people |
            | `registries[].host` | required | text | as references have it |
            | `registries[].url` | none | a web address | where it answers |
            | `registries[].plain-http` | `false` | true or false | without TLS |
            | `registries[].aliases` | `[]` | list: text | further hosts |
            | `registries[].poll.interval` | `5m` | a duration | pause |
            | `registries[].poll.repositories` | required | list: text | what to look at |
            | `peers[].name` | required | text | name for people |
            | `peers[].authorization-file` | none | path of a file | file with its secret |
            | `level` | `info` | one of very-quiet, info | a \\| b |
            | `health.listen` | `127.0.0.1:5056` | host:port | address and port |
            | `health.credentials.username` | none | text | who |
            | `health.credentials.token-file` | none | path of a file | file with the token |
            """);
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
