package dev.longshore.app.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.app.KuboNodes;
import dev.longshore.app.Settings;
import dev.longshore.app.query.ExitCode;
import dev.longshore.pinner.MovePlan;
import dev.longshore.runtime.config.PeersAndRules;
import java.time.Clock;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code plan}: what the services would do, before they do it. */
@Command(name = "plan", description = "Shows what the pinner would do, and changes nothing.")
final class PlanCommand {
  private final Terminal terminal;
  private final Clock clock;

  PlanCommand(Terminal terminal, Clock clock) {
    this.terminal = terminal;
    this.clock = clock;
  }

  @Command(
      name = "moves",
      description = {
        "Shows which copies would be made on which peers, and which would go afterwards.",
        "With --config, what another settings file would change. Exit code 3 if there are too few",
        "peers for some image."
      })
  int moves(@Mixin CommonOptions options) throws CommandException, InterruptedException {
    Settings settings = options.settings();
    PlannedMoves planned = new PlannedMoves();
    try (OwnCatalog own = new OwnCatalog(settings)) {
      new MovePlan(own.now(), PeersAndRules.of(settings.shared()), KuboNodes::open, clock)
          .forEach(planned::add);
    }
    if (options.json) {
      ObjectNode answer = JsonNodeFactory.instance.objectNode();
      planned.put(answer);
      terminal.json(answer);
    } else {
      planned.lines().forEach(terminal::result);
    }
    return (planned.isPossible() ? ExitCode.COMPLETE : ExitCode.INCOMPLETE).code();
  }
}
