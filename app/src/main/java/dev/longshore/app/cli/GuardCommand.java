package dev.longshore.app.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.app.decision.GuardDeciding;
import dev.longshore.app.query.find.ExitCode;
import dev.longshore.app.query.find.QueryException;
import dev.longshore.app.query.list.ListedGuard;
import dev.longshore.app.settings.Settings;
import dev.longshore.events.DecisionState;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.KafkaException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code guard}: what is stopped because so much at once is rather a mistake. */
@Command(
    name = "guard",
    description = "Lists large changes that a guard stopped, and lets one go ahead.")
final class GuardCommand {
  private final Terminal terminal;
  private final Clock clock;

  GuardCommand(Terminal terminal, Clock clock) {
    this.terminal = terminal;
    this.clock = clock;
  }

  @Command(
      name = "list",
      description = {
        "Lists what guards stop, each with its id, cause, count and age.",
        "A guard ends by itself when its cause does."
      })
  int list(@Mixin CommonOptions options) throws CommandException, InterruptedException {
    List<ListedGuard> guards;
    Settings settings = options.settings();
    try (OwnCatalog own = new OwnCatalog(settings)) {
      guards = ListedGuard.all(own.now(), settings.shared(), clock);
    }
    if (options.json) {
      ObjectNode answer = JsonNodeFactory.instance.objectNode();
      var list = answer.putArray("guards");
      guards.forEach(guard -> list.add(guard.json()));
      terminal.json(answer);
    } else if (guards.isEmpty()) {
      terminal.result("no guard stops anything");
    } else {
      guards.forEach(guard -> terminal.result(guard.line()));
    }
    return ExitCode.COMPLETE.code();
  }

  @Command(
      name = "confirm",
      description = {
        "Lets one change go ahead that a guard stops.",
        "Such a change is: to replace the copies of peers that are lost or no longer in the"
            + " settings, to release images, or to remove copies that changed rules no longer"
            + " want.",
        "Other peers that are lost or leave are another guard with its own id. Any other"
            + " confirmation lasts for a day, and covers no more than there is now."
      })
  int confirm(
      @Mixin CommonOptions options,
      @Parameters(paramLabel = "ID", description = "id that 'longshore guard list' shows")
          String id,
      @Mixin ReasonOption reason)
      throws QueryException, InterruptedException {
    Settings settings = options.settings();
    String why = reason.text();
    try (OwnCatalog own = new OwnCatalog(settings)) {
      ListedGuard guard =
          GuardDeciding.standing(ListedGuard.all(own.now(), settings.shared(), clock), id);
      Optional<DecisionState> decision =
          GuardDeciding.confirm(guard, OwnDecisions.by(), why, clock.instant());
      if (decision.isEmpty()) {
        terminal.result(id + " was confirmed before");
        return ExitCode.COMPLETE.code();
      }
      new OwnDecisions(settings, terminal, clock).write("guard confirm", id, decision.get());
      tell(options, guard, decision.get());
    } catch (KafkaException e) {
      throw KafkaReach.failed(settings.shared().kafka(), e);
    }
    return ExitCode.COMPLETE.code();
  }

  private void tell(CommonOptions options, ListedGuard guard, DecisionState decision) {
    if (options.json) {
      terminal.json(
          JsonNodeFactory.instance
              .objectNode()
              .put("decision", decision.id())
              .put("guard", guard.id())
              .put("images", guard.images()));
    } else {
      terminal.result(guard.id() + " is confirmed: " + guard.consequence());
    }
  }
}
