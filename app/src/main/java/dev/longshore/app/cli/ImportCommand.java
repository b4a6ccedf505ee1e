package dev.longshore.app.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.app.query.find.ExitCode;
import dev.longshore.app.settings.Settings;
import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.Decisions;
import dev.longshore.events.DecisionState;
import dev.longshore.runtime.kafka.decision.DecisionChangedException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code import}: brings back what {@code export} wrote. */
@Command(
    name = "import",
    description = {
      "Restores the decisions that 'longshore export' wrote, with their versions.",
      "Writes only decisions that are newer than those in Kafka, and none if a line is wrong."
    })
final class ImportCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private final CommonOptions options = new CommonOptions();

  @Parameters(
      arity = "0..1",
      paramLabel = "FILE",
      description = "file with lines of JSON; default: stdin")
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
      Consumer<String> said = options.json ? _ -> {} : terminal::result;
      List<DecisionState> written =
          write(decisions, catalog.decisions(), own.writer()::writeIfNewer, said);
      if (options.json) {
        terminal.json(json(decisions, written));
      }
      own.remember("import", "decisions", written.size() + " written");
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

  static ObjectNode json(List<DecisionState> decisions, List<DecisionState> written) {
    ObjectNode node = JsonNodeFactory.instance.objectNode().put("decisions", decisions.size());
    ArrayNode list = node.putArray("written");
    written.forEach(one -> list.addObject().put("id", one.id()).put("version", one.version()));
    return node;
  }

  /** Returns those that were written. What the catalog has is not tried. */
  static List<DecisionState> write(
      List<DecisionState> decisions, Decisions known, Writer writer, Consumer<String> said)
      throws CommandException, InterruptedException {
    List<DecisionState> written = new ArrayList<>();
    for (DecisionState decision : decisions) {
      String what = decision.id() + " version " + decision.version();
      boolean there =
          known.of(decision.id()).filter(d -> d.version() >= decision.version()).isPresent();
      try {
        if (!there && writer.writeIfNewer(decision)) {
          written.add(decision);
          said.accept("written  " + what);
        } else {
          said.accept("there    " + what);
        }
      } catch (DecisionChangedException e) {
        throw new CommandException(
            "%s; %d of %d are written, and another import writes the others"
                .formatted(e.getMessage(), written.size(), decisions.size()),
            e);
      }
    }
    said.accept(written.size() + " of " + decisions.size() + " decisions were written");
    return written;
  }
}
