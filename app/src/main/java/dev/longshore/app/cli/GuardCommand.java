package dev.longshore.app.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.app.query.Guards;
import dev.longshore.app.query.ReleasePlan;
import dev.longshore.app.query.find.ExitCode;
import dev.longshore.app.settings.Settings;
import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.retention.Surplus.HeldRelease;
import dev.longshore.events.Decision.Confirm;
import dev.longshore.events.DecisionState;
import dev.longshore.model.PeerName;
import dev.longshore.rules.LossGuard;
import dev.longshore.rules.Rules;
import dev.longshore.runtime.config.PeersAndRules;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.kafka.common.KafkaException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code guard}: what is stopped because so much at once is rather a mistake. */
@Command(
    name = "guard",
    description = "Lists what guards stop because it is so much at once, and lets it go on.")
final class GuardCommand {
  /** The id of the next such guard may be the same: it is to be confirmed anew. */
  private static final Duration CONFIRMED = Duration.ofDays(1);

  private final Terminal terminal;
  private final Clock clock;

  GuardCommand(Terminal terminal, Clock clock) {
    this.terminal = terminal;
    this.clock = clock;
  }

  @Command(
      name = "list",
      description = {
        "Lists the guards that stop something, each with its id, cause, count and age.",
        "A guard ends by itself when its cause does."
      })
  int list(@Mixin CommonOptions options) throws CommandException, InterruptedException {
    List<Guards.Standing> guards;
    List<HeldRelease> held;
    List<Guards.Changed> changes;
    Settings settings = options.settings();
    try (OwnCatalog own = new OwnCatalog(settings)) {
      Catalog catalog = own.now();
      guards = Guards.of(catalog, keepers(settings));
      held = held(catalog, settings);
      changes = changes(catalog, settings);
    }
    if (options.json) {
      ObjectNode answer = JsonNodeFactory.instance.objectNode();
      var list = answer.putArray("guards");
      guards.forEach(standing -> put(list.addObject(), standing));
      held.forEach(one -> HeldView.put(list.addObject(), one));
      changes.forEach(one -> ChangedView.put(list.addObject(), one));
      terminal.json(answer);
    } else if (guards.isEmpty() && held.isEmpty() && changes.isEmpty()) {
      terminal.result("no guard stops anything");
    } else {
      guards.forEach(standing -> terminal.result(line(standing)));
      held.forEach(one -> terminal.result(HeldView.line(one, clock.instant())));
      changes.forEach(one -> terminal.result(ChangedView.line(one)));
    }
    return ExitCode.COMPLETE.code();
  }

  private List<Guards.Changed> changes(Catalog catalog, Settings settings) {
    return Guards.changes(catalog, PeersAndRules.of(settings.shared()), clock);
  }

  private String line(Guards.Standing standing) {
    LossGuard guard = standing.guard();
    return "%s  %d of %d peers are lost: %s; the first for %s; %d images have copies there, %s"
        .formatted(
            guard.id(),
            guard.count(),
            guard.of(),
            names(guard),
            ListedPeer.time(guard.since(), clock.instant()),
            standing.images(),
            standing.confirmed()
                ? "which are made elsewhere, as was confirmed"
                : "of which only those down to one copy are made elsewhere; 'longshore guard"
                    + " confirm "
                    + guard.id()
                    + " --reason TEXT' lets the others go on");
  }

  private static void put(ObjectNode node, Guards.Standing standing) {
    LossGuard guard = standing.guard();
    node.put("id", guard.id())
        .put("cause", "peers lost")
        .put("count", guard.count())
        .put("of", guard.of())
        .put("since", guard.since().toString())
        .put("images", standing.images())
        .put("confirmed", standing.confirmed());
    guard.peers().stream().map(PeerName::text).sorted().forEach(node.withArray("peers")::add);
  }

  private static String names(LossGuard guard) {
    return guard.peers().stream().map(PeerName::text).sorted().collect(Collectors.joining(", "));
  }

  @Command(
      name = "confirm",
      description = {
        "Lets go on what a guard stops: the copies of the peers that are lost or have left the"
            + " settings, a release of images, or copies that changed rules no longer want.",
        "When other peers are lost or leave, that is another guard, with an id of its own. All but"
            + " peers are confirmed for a day, and for no more than there are now."
      })
  int confirm(
      @Mixin CommonOptions options,
      @Parameters(paramLabel = "ID", description = "as 'longshore guard list' shows it") String id,
      @Mixin ReasonOption reason)
      throws CommandException, InterruptedException {
    Settings settings = options.settings();
    String why = reason.text();
    try (OwnCatalog own = new OwnCatalog(settings)) {
      Catalog catalog = own.now();
      Optional<HeldRelease> held =
          held(catalog, settings).stream().filter(one -> one.guard().id().equals(id)).findFirst();
      if (held.isPresent()) {
        return confirm(options, settings, held.get(), why);
      }
      Optional<Guards.Changed> changed =
          changes(catalog, settings).stream().filter(one -> one.id().equals(id)).findFirst();
      if (changed.isPresent()) {
        return confirm(
            options,
            settings,
            new Confirm(
                id,
                changed.get().count(),
                changed.get().left().isEmpty() ? null : changed.get().left()),
            changed.get().confirmed(),
            why,
            changed.get().left().isEmpty()
                ? "copies of %d images go"
                : "copies of %d peers are made elsewhere");
      }
      Guards.Standing standing =
          Guards.of(catalog, keepers(settings)).stream()
              .filter(one -> one.guard().id().equals(id))
              .findFirst()
              .orElseThrow(
                  () ->
                      new CommandException(
                          "guard %s stops nothing; 'longshore guard list' shows those that do"
                              .formatted(id)));
      if (standing.confirmed()) {
        terminal.result(id + " was confirmed before");
        return ExitCode.COMPLETE.code();
      }
      DecisionState decision =
          DecisionState.of(
              "confirm-" + UUID.randomUUID(),
              new Confirm(id, standing.guard().count()),
              OwnDecisions.by(),
              why,
              clock.instant(),
              null);
      new OwnDecisions(settings, terminal, clock).write("guard confirm", id, decision);
      if (options.json) {
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        terminal.json(
            answer
                .put("decision", decision.id())
                .put("guard", id)
                .put("images", standing.images()));
      } else {
        terminal.result(
            "%s is confirmed: copies of %d images are made elsewhere"
                .formatted(id, standing.images()));
      }
    } catch (KafkaException e) {
      throw KafkaReach.failed(settings.shared().kafka(), e);
    }
    return ExitCode.COMPLETE.code();
  }

  private List<HeldRelease> held(Catalog catalog, Settings settings) {
    Instant now = clock.instant();
    return ReleasePlan.look(catalog, new Rules(settings.shared().rules()), now).held(now);
  }

  private int confirm(CommonOptions options, Settings settings, HeldRelease held, String why)
      throws CommandException, InterruptedException {
    return confirm(
        options,
        settings,
        new Confirm(held.guard().id(), held.guard().count()),
        held.confirmed(),
        why,
        "%d images are taken off their peers");
  }

  /** Of a guard that may have the same id each time. */
  private int confirm(
      CommonOptions options,
      Settings settings,
      Confirm confirm,
      boolean wasConfirmed,
      String why,
      String consequence)
      throws CommandException, InterruptedException {
    String id = confirm.guard();
    if (wasConfirmed) {
      terminal.result(id + " was confirmed before");
      return ExitCode.COMPLETE.code();
    }
    Instant now = clock.instant();
    DecisionState decision =
        DecisionState.of(
            "confirm-" + UUID.randomUUID(),
            confirm,
            OwnDecisions.by(),
            why,
            now,
            confirm.peers() == null ? now.plus(CONFIRMED) : null);
    new OwnDecisions(settings, terminal, clock).write("guard confirm", id, decision);
    if (options.json) {
      ObjectNode answer = JsonNodeFactory.instance.objectNode();
      terminal.json(
          answer.put("decision", decision.id()).put("guard", id).put("images", confirm.count()));
    } else {
      terminal.result(id + " is confirmed: " + consequence.formatted(confirm.count()));
    }
    return ExitCode.COMPLETE.code();
  }

  private static List<PeerName> keepers(Settings settings) {
    return PeerCommand.keepers(settings.shared().peers());
  }
}
