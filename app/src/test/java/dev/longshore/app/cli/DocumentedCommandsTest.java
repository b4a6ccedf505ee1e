package dev.longshore.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The documents name the commands that there are, and no others. */
class DocumentedCommandsTest {
  private static final Path ROOT = root();
  private static final Pattern NAME = Pattern.compile("`([a-z]+)");

  /** In code: what a reader may copy. */
  private static final Pattern COMMAND =
      Pattern.compile("(?m)(?:\\./|`|^ {4}(?:\\$ )?)longshore ([a-z]+)");

  /** Commands of the launcher itself. */
  private static final Set<String> LAUNCHER = Set.of("test", "bench");

  @Test
  void theReadmesTableHasEveryCommand() throws Exception {
    String readme = Files.readString(ROOT.resolve("README.md"));
    Set<String> listed =
        readme
            .substring(readme.indexOf("\n## Commands\n"), readme.indexOf("\nAll but `test`"))
            .lines()
            .filter(line -> line.startsWith("| `"))
            .map(line -> line.split(" \\| ", 2)[0])
            .flatMap(cell -> NAME.matcher(cell).results().map(name -> name.group(1)))
            .collect(Collectors.toSet());

    assertThat(listed).isEqualTo(commands());
  }

  @Test
  void everyCommandOfADocumentExists() throws Exception {
    Set<String> commands = commands();
    for (Path document : documents()) {
      assertThat(
              COMMAND
                  .matcher(Files.readString(document))
                  .results()
                  .map(found -> found.group(1))
                  .collect(Collectors.toSet()))
          .as(document.toString())
          .isSubsetOf(commands);
    }
  }

  private static Set<String> commands() {
    Terminal terminal =
        new Terminal(
            new PrintStream(OutputStream.nullOutputStream()),
            new PrintStream(OutputStream.nullOutputStream()),
            false);
    Set<String> commands =
        new TreeSet<>(
            LongshoreCommand.commandLine(terminal, List.of(CompletionCommand.NAME))
                .getSubcommands()
                .keySet());
    commands.addAll(LAUNCHER);
    return commands;
  }

  private static Set<Path> documents() throws IOException {
    try (Stream<Path> top = Files.list(ROOT);
        Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
      return Stream.concat(top, docs)
          .filter(file -> file.toString().endsWith(".md"))
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  private static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("longshore"))) {
      folder = folder.getParent();
    }
    return folder;
  }
}
