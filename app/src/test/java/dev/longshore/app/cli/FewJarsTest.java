package dev.longshore.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.ParseResult;

/** What is typed means the same whether a JVM with few jars reads it or the command itself. */
class FewJarsTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "status",
        "status --json",
        "status a/b:1 --debug",
        "resolve --json localhost:5055/team/app@sha256:00",
        "resolve ipfs://bafy --config /etc/longshore/longshore.yaml",
        "why a/b -c F --set kafka.topic-prefix=dev. --set home=/x --debug --json",
        "why it's",
        "status why"
      })
  void readsTheSimplestFormAsTheCommandDoes(String typed) {
    List<String> words = List.of(typed.split(" "));
    FewJars.Line line = FewJars.Line.read(words).orElseThrow();

    ParseResult command =
        LongshoreCommand.commandLine(new Terminal(System.out, System.err, false), words)
            .parseArgs(words.toArray(String[]::new))
            .subcommand();
    assertThat(line.query()).isEqualTo(command.commandSpec().name());
    assertThat(line.image()).isEqualTo(command.matchedPositionalValue(0, null));
    assertThat(line.config()).isEqualTo(command.matchedOptionValue("--config", (Path) null));
    assertThat(line.set()).isEqualTo(command.matchedOptionValue("--set", List.of()));
    assertThat(line.json()).isEqualTo(command.matchedOptionValue("--json", false));
    assertThat(line.debug()).isEqualTo(command.matchedOptionValue("--debug", false));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "resolve",
        "why --json",
        "status a b",
        "resolve @file",
        "resolve a --bogus",
        "resolve -- a",
        "resolve a --help",
        "resolve a --json=false",
        "resolve a -cF",
        "resolve a --config=F",
        "resolve a --config",
        "resolve a --config --json",
        "resolve a -c F -c G",
        "resolve a --set",
        "resolve a --set @file"
      })
  void leavesEverythingElseToTheCommand(String typed) {
    assertThat(FewJars.Line.read(List.of(typed.split(" ")))).isEmpty();
    assertThat(FewJars.Line.read(List.of("resolve", ""))).isEmpty();
  }
}
