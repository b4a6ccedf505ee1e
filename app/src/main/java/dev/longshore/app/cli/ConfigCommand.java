package dev.longshore.app.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.app.query.find.ExitCode;
import dev.longshore.app.settings.Settings;
import dev.longshore.app.settings.SettingsPage;
import dev.longshore.settings.ConfigLoader;
import dev.longshore.settings.ConfigSources;
import dev.longshore.settings.Problem;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code config}: whether settings can be used, and which there are. */
@Command(name = "config", description = "Checks a settings file, or lists all settings.")
final class ConfigCommand {
  private final Terminal terminal;

  ConfigCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Command(name = "check", description = "Names every mistake in the settings, with file and line.")
  int check(@Mixin CommonOptions options) {
    ConfigSources sources = options.sources();
    List<Problem> problems = new ConfigLoader<>(Settings.class).check(sources);
    String file = sources.file() == null ? "the defaults" : sources.file().toString();
    if (options.json) {
      ObjectNode answer = JsonNodeFactory.instance.objectNode();
      answer.put("file", file);
      var list = answer.putArray("problems");
      problems.forEach(
          p -> list.addObject().put("where", p.where().toString()).put("message", p.message()));
      terminal.json(answer);
    } else {
      problems.forEach(problem -> terminal.result(problem.toString()));
      terminal.result(
          problems.isEmpty() ? file + ": nothing is wrong" : problems.size() + " wrong in " + file);
    }
    return (problems.isEmpty() ? ExitCode.COMPLETE : ExitCode.ERROR).code();
  }

  @Command(
      name = "table",
      description = "Prints every setting with default, format and meaning, as Markdown.")
  int table() {
    terminal.result(SettingsPage.text().stripTrailing());
    return ExitCode.COMPLETE.code();
  }
}
