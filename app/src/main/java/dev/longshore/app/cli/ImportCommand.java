package dev.longshore.app.cli;

import dev.longshore.app.Settings;
import dev.longshore.app.query.ExitCode;
import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.Decisions;
import dev.longshore.events.DecisionState;
import dev.longshore.runtime.kafka.DecisionChangedException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code import}: brings back what {@code export} wrote. */
@Command(
    name = "import",
    description = {
      "Brings back the decisions that 'longshore export' wrote, with their versions.",
      "Only what is newer than what is there is written, and nothing if a line cannot be read."
    })
final class ImportCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private final CommonOptions options = new CommonOptions();

  @Parameters(arity = "0..1", paramLabel = "FILE", description = "lines of JSON; stdin if absent")
  private @Nullable Path file;

  ImportCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  /** Writes a decision unless it, or a later version, is there. */
  @FunctionalInterface
  interface Writer {
    boolean writeIfNewer(DecisionState decision)
        throws DecisionChangedException, InterruptedException;
  }

  @Override
  public Integer call() throws CommandException, InterruptedException {
    Settings settings = options.settings();
    List<DecisionState> decisions = read();
    OwnDecisions own = new OwnDecisions(settings, terminal, Clock.systemUTC());
    try (CatalogView view = CatalogView.open(settings)) {
      Catalog catalog = view.catalog();
      int written = write(decisions, catalog.decisions(), own.writer()::writeIfNewer, terminal);
      own.remember("import", "decisions", written + " written");
      return ExitCode.COMPLETE.code();
    } catch (KafkaException e) {
      throw KafkaReach.failed(settings.shared().kafka(), e);
    }
  }

  private List<DecisionState> read() throws CommandException {
    String from = file == null ? "stdin" : file.toString();
    try (BufferedReader reader =
        file == null
            ? new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))
            : Files.newBufferedReader(file)) {
      return DecisionLines.read(reader);
    } catch (IOException e) {
      throw new CommandException("reading " + from + ": " + e, e);
    }
  }

  /** Returns how many were written. What the catalog has is not tried. */
  static int write(List<DecisionState> decisions, Decisions known, Writer writer, Terminal terminal)
      throws CommandException, InterruptedException {
    int written = 0;
    for (DecisionState decision : decisions) {
      String what = decision.id() + " version " + decision.version();
      boolean there =
          known.of(decision.id()).filter(d -> d.version() >= decision.version()).isPresent();
      try {
        if (!there && writer.writeIfNewer(decision)) {
          written++;
          terminal.result("written  " + what);
        } else {
          terminal.result("there    " + what);
        }
      } catch (DecisionChangedException e) {
        throw new CommandException(
            "%s; %d of %d are written, and another import writes the others"
                .formatted(e.getMessage(), written, decisions.size()),
            e);
      }
    }
    terminal.result(written + " of " + decisions.size() + " decisions were written");
    return written;
  }
}
