package dev.longshore.app.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.app.query.Backfills;
import dev.longshore.app.query.Queries;
import dev.longshore.app.query.find.ExitCode;
import dev.longshore.app.query.find.QueryException;
import dev.longshore.app.settings.Settings;
import dev.longshore.events.Decision.Rest;
import dev.longshore.events.DecisionState;
import dev.longshore.events.DecisionState.Undone;
import dev.longshore.runtime.config.RegistrySettings;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code backfill}: what was in registries before they were mirrored. */
@Command(
    name = "backfill",
    description = "Shows, pauses and resumes the backfill: mirroring what registries had before.")
final class BackfillCommand {
  private final Terminal terminal;
  private final Clock clock;

  BackfillCommand(Terminal terminal, Clock clock) {
    this.terminal = terminal;
    this.clock = clock;
  }

  @Command(
      name = "list",
      description = {
        "Shows for each polled registry how many repositories have been mirrored once, how many are"
            + " left, and which are under way."
      })
  int list(@Mixin CommonOptions options) throws QueryException, InterruptedException {
    Settings settings = options.settings();
    try (OwnCatalog own = new OwnCatalog(settings)) {
      return terminal.answer(new Queries(settings, own).backfills(), options.json);
    }
  }

  @Command(
      name = "pause",
      description = {
        "Pauses the backfill of a registry; new pushes are still mirrored.",
        "Work under way is finished. The rest waits in the registry."
      })
  int pause(
      @Mixin CommonOptions options,
      @Parameters(
              paramLabel = "REGISTRY",
              description = "host of the registry, such as localhost:5055")
          String registry,
      @Option(
              names = "--for",
              paramLabel = "TIME",
              description = "how long, such as 4h or 2d; default: until 'backfill resume'")
          @Nullable String time,
      @Mixin ReasonOption reason)
      throws CommandException, InterruptedException {
    Settings settings = options.settings();
    String why = reason.text();
    Duration duration = time == null ? null : PeerCommand.duration(time);
    requirePolled(settings, registry);
    try (OwnCatalog own = new OwnCatalog(settings)) {
      if (Backfills.rest(own.now(), registry).isPresent()) {
        throw new CommandException(
            "the backfill of %s rests already; 'longshore backfill list' says since when"
                .formatted(registry));
      }
      Instant now = clock.instant();
      DecisionState decision =
          DecisionState.of(
              "rest-" + UUID.randomUUID(),
              new Rest(registry),
              OwnDecisions.by(),
              why,
              now,
              duration == null ? null : now.plus(duration));
      write(settings, "backfill pause", registry, decision);
      tell(
          options,
          decision,
          "the backfill of %s rests%s"
              .formatted(registry, decision.until() == null ? "" : " until " + decision.until()));
    }
    return ExitCode.COMPLETE.code();
  }

  @Command(name = "resume", description = "Resumes the backfill of a registry.")
  int resume(
      @Mixin CommonOptions options,
      @Parameters(
              paramLabel = "REGISTRY",
              description = "host of the registry, such as localhost:5055")
          String registry,
      @Mixin ReasonOption reason)
      throws CommandException, InterruptedException {
    Settings settings = options.settings();
    String why = reason.text();
    try (OwnCatalog own = new OwnCatalog(settings)) {
      DecisionState rest =
          Backfills.rest(own.now(), registry)
              .orElseThrow(
                  () ->
                      new CommandException(
                          "the backfill of %s does not rest; nothing is taken back"
                              .formatted(registry)));
      DecisionState undone = rest.undone(new Undone(OwnDecisions.by(), why, clock.instant()));
      write(settings, "backfill resume", registry, undone);
      tell(options, undone, "the backfill of %s goes on".formatted(registry));
    }
    return ExitCode.COMPLETE.code();
  }

  private static void requirePolled(Settings settings, String registry) throws CommandException {
    List<String> polled =
        settings.shared().registries().stream()
            .filter(configured -> configured.poll() != null)
            .map(RegistrySettings::host)
            .toList();
    if (!polled.contains(registry)) {
      throw new CommandException(
          ExitCode.USAGE,
          "REGISTRY: %s (expected: the host of one that is polled: %s)"
              .formatted(registry, String.join(", ", polled)),
          null);
    }
  }

  private void write(Settings settings, String command, String registry, DecisionState decision)
      throws CommandException, InterruptedException {
    try {
      new OwnDecisions(settings, terminal, clock).write(command, registry, decision);
    } catch (KafkaException e) {
      throw KafkaReach.failed(settings.shared().kafka(), e);
    }
  }

  private void tell(CommonOptions options, DecisionState decision, String words) {
    if (options.json) {
      ObjectNode answer = JsonNodeFactory.instance.objectNode();
      terminal.json(answer.put("decision", decision.id()).put("undone", decision.undone() != null));
    } else {
      terminal.result(words);
    }
  }
}
