package dev.longshore.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class SubcommandTest {
  private static final List<String> ALL = List.of(CompletionCommand.NAME);

  private final CommandRun command = new CommandRun();

  @Test
  void readsTheOptionsOfNoCommandButTheNamed() {
    assertThat(withOptions(List.of("resolve", "localhost:5055/team/app:1", "--json")))
        .containsExactly("resolve");
    assertThat(withOptions(List.of("--help"))).isEmpty();
    assertThat(withOptions(ALL)).hasSize(33).contains("demo", "resolve", "completion");
  }

  @Test
  void explainsEveryCommandAsIfAllWereRead() {
    CommandLine all = commandLine(ALL);

    assertThat(command.run("--help")).isZero();
    assertThat(command.out()).isEqualTo(all.getUsageMessage());
    for (Map.Entry<String, CommandLine> each : all.getSubcommands().entrySet()) {
      assertThat(command.run(each.getKey(), "--help")).isZero();
      assertThat(command.out()).isEqualTo(each.getValue().getUsageMessage());
    }
  }

  @Test
  void explainsTheCommandsOfEachGroup() {
    commandLine(ALL)
        .getSubcommands()
        .forEach(
            (group, all) ->
                all.getSubcommands()
                    .forEach(
                        (name, each) -> {
                          assertThat(command.run(group, name, "--help")).as(name).isZero();
                          assertThat(command.out()).isEqualTo(each.getUsageMessage());
                        }));
  }

  @Test
  void readsACommandThatAFileOfArgumentsNames(@TempDir Path folder) throws Exception {
    Path arguments = Files.writeString(folder.resolve("arguments"), "version --json\n");

    assertThat(command.run("@" + arguments)).as(command.err()).isZero();
    assertThat(command.out()).contains("\"version\"");
  }

  @Test
  void takesAnArgumentTwice() {
    assertThat(command.run("version", "--set", "a=b", "--set", "a=b")).isZero();
  }

  private static Set<String> withOptions(List<String> arguments) {
    return commandLine(arguments).getSubcommands().entrySet().stream()
        .filter(each -> !each.getValue().getCommandSpec().options().isEmpty())
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }

  private static CommandLine commandLine(List<String> arguments) {
    PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream());
    return LongshoreCommand.commandLine(new Terminal(nowhere, nowhere, false), arguments);
  }
}
