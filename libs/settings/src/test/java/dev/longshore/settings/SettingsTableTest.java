package dev.longshore.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SettingsTableTest {
  record Bare(String text) {}

  record Odd(@Setting(doc = "no type of ours") Thread thread) {}

  record Broken(@Setting(value = "[", doc = "no YAML") List<String> list) {}

  @Test
  void showsEverySettingWithDefaultFormUnitAndMeaning() {
    assertThat(SettingsTable.of(Program.class).lines())
        .startsWith(
            "## Process",
            "",
            "| setting | default | form | what it does |",
            "|---|---|---|---|",
            "| `home` | `.program` | a path | folder of its own |",
            "| `level` | `info` | one of very-quiet, info | a \\| b |")
        .containsSubsequence(
            "## kafka",
            "| `kafka.bootstrap-servers` | `[127.0.0.1:9092]` | list: text | brokers |",
            "## registries",
            "| `registries[].host` | required | text | as references have it |",
            "## health",
            "| `health.listen` | `127.0.0.1:5056` | host:port | address and port |");
  }

  record Shared(
      @Setting(value = "1", unit = "things", doc = "how many") int count,
      @Setting(value = "{}", doc = "the first section") First first,
      @Setting(value = "[]", doc = "some leaves") List<Leaf> leaves) {}

  record First(
      @Setting(value = "{depth: 7}", doc = "its leaf") Leaf leaf, @Inline AccessSettings access) {}

  record Leaf(@Setting(value = "5", doc = "how deep") int depth, @Inline AccessSettings access) {}

  record AccessSettings(@Setting(doc = "who may | come: <name>") @Nullable String name) {}

  @Test
  void describesWhatSeveralSectionsShareOnce() {
    assertThat(SettingsTable.of(Shared.class))
        .isEqualTo(
            """
            ## Process

            | setting | default | form | what it does |
            |---|---|---|---|
            | `count` | `1` | a whole number, things | how many |

            ## first

            The first section.

            | setting | default | form | what it does |
            |---|---|---|---|
            | `first.leaf` | `{depth: 7}` | [leaf](#leaf) | its leaf |
            | `first.*` |  | [access](#access) | every setting of that block |

            ## leaves

            Some leaves.

            | setting | default | form | what it does |
            |---|---|---|---|
            | `leaves[]` | `[]` | list: [leaf](#leaf) | some leaves |

            ## Blocks

            Settings that several sections share.

            ### leaf

            Used by `first.leaf`, `leaves[]`.

            | setting | default | form | what it does |
            |---|---|---|---|
            | `depth` | `5` | a whole number | how deep |
            | `*` |  | [access](#access) | every setting of that block |

            ### access

            Used by `first.*`, `*` of [leaf](#leaf).

            | setting | default | form | what it does |
            |---|---|---|---|
            | `name` | none | text | who may \\| come: \\<name> |
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
