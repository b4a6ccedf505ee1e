package dev.longshore.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProblemsTest {
  record Two(
      @Setting(value = "{listen: \"127.0.0.1:5050\"}", doc = "one") Program.Listener one,
      @Setting(value = "{listen: \"127.0.0.1:5051\"}", doc = "two") Program.Listener two) {}

  @TempDir Path folder;
  private ConfigText config;

  @BeforeEach
  void setUp() {
    config = new ConfigText(folder);
  }

  private List<String> problems(String yaml) {
    return config.problems(Program.class, config.yaml(yaml));
  }

  @Test
  void allProblemsAreReportedAtOnceEachWithItsLine() {
    assertThat(
            problems(
                """
                kafka:
                  topic-prefx: a.
                  replication-factor: many
                registries:
                  - name: hub
                    hots: docker.io
                  - host: localhost:5055
                    name: hub
                    poll:
                      repositories: []
                      interval: 0s
                  - name: ghcr
                    host: ghcr.io
                    host: ghcr.io
                peers:
                  - just text
                level: loud
                home:
                  of: the brave
                """))
        .containsExactly(
            "longshore.yaml:2: kafka.topic-prefx: there is no such setting; did you mean"
                + " topic-prefix?",
            "longshore.yaml:3: kafka.replication-factor: \"many\" (expected: a whole number of"
                + " -2147483648 to 2147483647)",
            "longshore.yaml:5: registries[0].host: is missing: as references have it",
            "longshore.yaml:6: registries[0].hots: there is no such setting; did you mean host?",
            "longshore.yaml:8: registries[1].name: \"hub\" is taken by registries[0].name"
                + " (longshore.yaml:5)",
            "longshore.yaml:11: registries[1].poll.interval: expected more than 0s",
            "longshore.yaml:14: host: is set twice, first at longshore.yaml:13",
            "longshore.yaml:16: peers[0]: is a value (expected: a section)",
            "longshore.yaml:17: level: \"loud\" (expected: one of very-quiet, info)",
            "longshore.yaml:18: home: is a section (expected: a path)");
  }

  @Test
  void aNameIsTakenOnceInAListWhateverItsCaseAndWhicheverSettingHasIt() {
    assertThat(
            problems(
                """
                registries:
                  - {name: a, host: a.example, aliases: [b.example]}
                  - {name: b, host: B.example}
                  - name: c
                    host: c.example
                    aliases:
                      - d.example
                      - a.example
                """))
        .containsExactly(
            "longshore.yaml:3: registries[1].host: \"B.example\" is taken by registries[0].aliases"
                + " (longshore.yaml:2)",
            "longshore.yaml:8: registries[2].aliases: \"a.example\" is taken by registries[0].host"
                + " (longshore.yaml:2)");
  }

  @Test
  void aPortIsTakenOnceWhereverTheOtherOneComesFrom() {
    assertThat(config.problems(Two.class, config.yaml("one:\n  listen: localhost:5051\n")))
        .containsExactly(
            "longshore.yaml:2: one.listen: port 5051 is that of two.listen too (default)");
    assertThat(
            config.problems(
                Two.class, config.yaml("one: {listen: localhost:0}\ntwo: {listen: localhost:0}")))
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = " => ",
      quoteCharacter = '`',
      value = {
        "registries: [{name: a, host: a, plain-http: yes}] => registries[0].plain-http: \"yes\""
            + " (expected: true or false)",
        "registries: [{name: a, host: a, url: \"http://u:pw@h\"}] => registries[0].url: is not a"
            + " web address of the expected form: http://host:port, without a user",
        "registries: nobody => registries: is a value (expected: a list)",
        "just text => is a value (expected: sections by key)",
        "a: b: c => is not YAML: mapping values are not allowed here",
        "? [a] : b => a key must be plain text",
        "home: *x => is not YAML: found undefined alias x",
      })
  void eachFaultSaysWhatIsExpected(String yaml, String problem) {
    assertThat(problems(yaml)).containsExactly("longshore.yaml:1: " + problem);
  }

  @Test
  void aTagNeverMakesAnObject() {
    assertThat(problems("home: !!java.io.File [/etc/passwd]"))
        .containsExactly(
            "longshore.yaml:1: is not YAML: Global tag is not allowed:"
                + " tag:yaml.org,2002:java.io.File");
  }

  @Test
  void aBombOfAnchorsIsRefused() {
    StringBuilder yaml = new StringBuilder("a0: &a0 [x,x,x,x,x]\n");
    for (int i = 1; i < 10; i++) {
      yaml.append("a%d: &a%d [%s]\n".formatted(i, i, ("*a" + (i - 1) + ",").repeat(5)));
    }
    assertThat(problems(yaml.toString()))
        .containsExactly(
            "longshore.yaml:1: is not YAML: more than 100000 values, anchors counted each time");
  }

  @Test
  void aFileThatIsNotThereOrTooLargeIsOneProblem() {
    ConfigSources absent = new ConfigSources(folder.resolve("absent.yaml"), Map.of(), List.of());
    assertThat(config.problems(Program.class, absent))
        .containsExactly("absent.yaml:1: there is no such file");
    assertThat(problems("# " + "x".repeat(YamlReader.LONGEST)))
        .containsExactly("longshore.yaml:1: is longer than 1048576 bytes: a wrong file?");
  }

  @Test
  void anEmptyFileIsAllDefaults() {
    assertThat(problems("# nothing set\n")).isEmpty();
  }

  @Test
  void theExceptionSaysThemAll() {
    assertThatThrownBy(() -> new ConfigLoader<>(Program.class).load(config.yaml("a: 1\nb: 2\n")))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("the configuration has 2 problems:\n  ")
        .hasMessageContaining("longshore.yaml:2: b: there is no such setting (expected: home,");
  }
}
