package dev.longshore.app.cli;

import dev.longshore.app.query.find.ExitCode;
import dev.longshore.catalog.Decisions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code export}: what no registry and no peer could say again. */
@Command(
    name = "export",
    description = {
      "Writes the decisions that people made, such as forget and drain, as lines of JSON.",
      "Nothing else has them if Kafka is lost. 'longshore import' reads them."
    })
final class ExportCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private final CommonOptions options = new CommonOptions();

  @Parameters(arity = "0..1", paramLabel = "FILE", description = "file to replace; default: stdout")
  private @Nullable Path file;

  @Option(
      names = "--force",
      description = "replaces FILE even if it has decisions that Kafka lacks")
  private boolean force;

  ExportCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws CommandException, InterruptedException {
    try (CatalogView view = CatalogView.open(options.settings())) {
      Decisions decisions = view.catalog().decisions();
      if (file == null) {
        terminal.result(DecisionLines.write(decisions));
      } else {
        int count = write(decisions, file, force);
        terminal.done(count + " decisions are in " + file);
      }
    }
    return ExitCode.COMPLETE.code();
  }

  /** Returns how many. A Kafka that was lost must not take the only backup with it. */
  static int write(Decisions decisions, Path file, boolean force) throws CommandException {
    List<String> lines = DecisionLines.write(decisions);
    if (!force && Files.isRegularFile(file)) {
      List<String> lacking = DecisionLines.lacking(read(file), decisions);
      if (!lacking.isEmpty()) {
        throw new CommandException(
            "%s stays as it is: it has what Kafka lacks (%s); bring it back with 'longshore import %s', or export to another file, or replace it with --force"
                .formatted(file, DecisionLines.some(lacking), file));
      }
    }
    write(file, lines);
    return lines.size();
  }

  private static List<String> read(Path file) throws CommandException {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      throw new CommandException(
          "reading %s, which would be replaced: %s; export to another file, or replace it with --force"
              .formatted(file, e),
          e);
    }
  }

  /** A disk that is full must not take the export of yesterday with it. */
  private static void write(Path file, List<String> lines) throws CommandException {
    Path part = Path.of(file + ".part");
    try {
      Files.write(part, lines);
      Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new CommandException("writing " + file + ": " + e, e);
    }
  }
}
