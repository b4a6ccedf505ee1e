package dev.longshore.app.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.app.query.find.ExitCode;
import dev.longshore.app.query.find.KnownNames;
import dev.longshore.app.query.find.QueryException;
import dev.longshore.app.settings.Settings;
import dev.longshore.model.Reference;
import dev.longshore.rules.Rule;
import dev.longshore.rules.Rules;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code explain}: shows which rule an image matches, and its effect. */
@Command(name = "explain", description = "Shows which rule an image matches, and why.")
final class ExplainCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private final CommonOptions options = new CommonOptions();

  @Parameters(paramLabel = "REF", description = "image, such as localhost:5055/team/app:1.0")
  private String image = "";

  ExplainCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws QueryException {
    Settings settings = options.settings();
    Reference reference = new KnownNames(settings.shared().registries()).reference(image);
    Rule rule =
        new Rules(settings.shared().rules()).firstMatch(reference.name(), reference.selector());
    if (options.json) {
      ObjectNode answer = JsonNodeFactory.instance.objectNode();
      answer.put("image", reference.toString());
      answer.put("match", rule.settings().match());
      var modes = answer.putArray("modes");
      rule.settings().modes().forEach(mode -> modes.add(mode.text()));
      var platforms = answer.putArray("platforms");
      rule.settings().platforms().forEach(platforms::add);
      answer.put("copies", rule.settings().copies());
      answer.put("minCopies", rule.settings().minCopies());
      answer.put("taken", rule.settings().takes(reference.selector()));
      var recipients = answer.putArray("recipients");
      rule.settings().recipients().forEach(recipients::add);
      answer.put("explanation", rule.explanation());
      terminal.json(answer);
    } else {
      terminal.result(rule.explanation());
    }
    return ExitCode.COMPLETE.code();
  }
}
