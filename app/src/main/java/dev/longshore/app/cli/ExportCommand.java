package dev.longshore.app.cli;

import dev.longshore.app.query.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code export}: what no registry and no peer could say again. */
@Command(
    name = "export",
    description = {
      "Writes all decisions as lines of JSON: what people decided, which nothing could bring back.",
      "'longshore import' reads them."
    })
final class ExportCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private final CommonOptions options = new CommonOptions();

  @Parameters(arity = "0..1", paramLabel = "FILE", description = "replaced whole; stdout if absent")
  private @Nullable Path file;

  ExportCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws CommandException, InterruptedException {
    List<String> lines;
    try (CatalogView view = CatalogView.open(options.settings())) {
      lines = DecisionLines.write(view.catalog().decisions());
    }
    if (file == null) {
      terminal.result(lines);
    } else {
      write(file, lines);
      terminal.done(lines.size() + " decisions are in " + file);
    }
    return ExitCode.COMPLETE.code();
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
