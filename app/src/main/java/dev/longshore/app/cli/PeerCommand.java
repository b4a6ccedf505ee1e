package dev.longshore.app.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.app.decision.PeerDeciding;
import dev.longshore.app.query.DrainPlan;
import dev.longshore.app.query.find.ExitCode;
import dev.longshore.app.query.find.QueryException;
import dev.longshore.app.query.list.ListedPeer;
import dev.longshore.app.settings.Settings;
import dev.longshore.catalog.Catalog;
import dev.longshore.events.DecisionState;
import dev.longshore.model.PeerName;
import dev.longshore.runtime.config.PeersAndRules;
import dev.longshore.settings.value.Durations;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code peer}: the nodes that keep copies, as the pinner knows them. */
@Command(
    name = "peer",
    description = "Lists the peers that keep copies; drains one, replaces it, or puts it on hold.")
final class PeerCommand {
  private final Terminal terminal;
  private final Clock clock;

  PeerCommand(Terminal terminal, Clock clock) {
    this.terminal = terminal;
    this.clock = clock;
  }

  @Command(
      name = "list",
      description = {
        "Lists each peer, its zone, and since when it is up, away, lost or full.",
        "A peer that is away for longer than pinner.lost-after is lost: others get its copies."
      })
  int list(@Mixin CommonOptions options) throws CommandException, InterruptedException {
    Settings settings = options.settings();
    List<ListedPeer> peers;
    try (OwnCatalog catalog = new OwnCatalog(settings)) {
      peers = ListedPeer.all(settings.shared().peers(), catalog.now());
    }
    if (options.json) {
      ObjectNode answer = JsonNodeFactory.instance.objectNode();
      var list = answer.putArray("peers");
      peers.forEach(peer -> peer.put(list.addObject()));
      terminal.json(answer);
    } else {
      peers.forEach(peer -> terminal.result(peer.line(clock.instant())));
    }
    return ExitCode.COMPLETE.code();
  }

  @Command(
      name = "drain",
      description = {
        "Moves all copies of a peer to others, then removes them from it.",
        "Exit code 3: there are too few others, and some copies stay."
      })
  int drain(
      @Mixin CommonOptions options,
      @Parameters(paramLabel = "NAME", description = "the peer") String name,
      @Mixin ReasonOption reason)
      throws QueryException, InterruptedException {
    return drain(options, "peer drain", name, null, reason);
  }

  @Command(
      name = "replace",
      description = {
        "Moves all copies of a peer to another one, then removes them from the first.",
        "Copies that NEW has no room for, or already has, go to other peers."
      })
  int replace(
      @Mixin CommonOptions options,
      @Parameters(index = "0", paramLabel = "OLD", description = "the peer") String name,
      @Parameters(index = "1", paramLabel = "NEW", description = "takes its place") String other,
      @Mixin ReasonOption reason)
      throws QueryException, InterruptedException {
    return drain(options, "peer replace", name, other, reason);
  }

  private int drain(
      CommonOptions options,
      String command,
      String name,
      @Nullable String other,
      ReasonOption reason)
      throws QueryException, InterruptedException {
    Settings settings = options.settings();
    String why = reason.text();
    try (OwnCatalog own = new OwnCatalog(settings)) {
      Catalog catalog = own.now();
      DecisionState decision = deciding(catalog, settings).drain(name, other, why);
      DrainPlan plan = DrainPlan.of(catalog, PeersAndRules.of(settings.shared()), decision, clock);
      write(settings, command, name, decision);
      tell(options, decision, plan.words(new PeerName(name)), plan::put);
      return (plan.isPossible() ? ExitCode.COMPLETE : ExitCode.INCOMPLETE).code();
    }
  }

  @Command(name = "undrain", description = "Cancels a drain: the copies that are left stay.")
  int undrain(
      @Mixin CommonOptions options,
      @Parameters(paramLabel = "NAME", description = "the peer") String name,
      @Mixin ReasonOption reason)
      throws QueryException, InterruptedException {
    return undo(options, "peer undrain", name, reason, PeerDeciding::undrain);
  }

  @Command(name = "hold", description = "Gives a peer no new copies; it keeps those that it has.")
  int hold(
      @Mixin CommonOptions options,
      @Parameters(paramLabel = "NAME", description = "the peer") String name,
      @Option(
              names = "--for",
              paramLabel = "TIME",
              description = "how long, such as 4h or 2d; default: until 'peer unhold'")
          @Nullable String time,
      @Mixin ReasonOption reason)
      throws QueryException, InterruptedException {
    Settings settings = options.settings();
    String why = reason.text();
    Duration duration = time == null ? null : duration(time);
    try (OwnCatalog own = new OwnCatalog(settings)) {
      DecisionState decision = deciding(own.now(), settings).hold(name, duration, why);
      write(settings, "peer hold", name, decision);
      tell(
          options,
          decision,
          decision.until() == null
              ? name + " gets no new copies"
              : name + " gets no new copies until " + decision.until(),
          _ -> {});
    }
    return ExitCode.COMPLETE.code();
  }

  static Duration duration(String text) throws CommandException {
    try {
      Duration duration = Durations.parse(text);
      if (duration.isPositive()) {
        return duration;
      }
    } catch (IllegalArgumentException e) {
      throw new CommandException(ExitCode.USAGE, "--for: " + e.getMessage(), e);
    }
    throw new CommandException(
        ExitCode.USAGE, "--for: " + text + " (expected: more than 0s)", null);
  }

  @Command(name = "unhold", description = "Lets a peer on hold get new copies again.")
  int unhold(
      @Mixin CommonOptions options,
      @Parameters(paramLabel = "NAME", description = "the peer") String name,
      @Mixin ReasonOption reason)
      throws QueryException, InterruptedException {
    return undo(options, "peer unhold", name, reason, PeerDeciding::unhold);
  }

  /** What stands, as it is once it was taken back. */
  @FunctionalInterface
  private interface Undo {
    List<DecisionState> of(PeerDeciding deciding, String name, String reason) throws QueryException;
  }

  private int undo(
      CommonOptions options, String command, String name, ReasonOption reason, Undo undo)
      throws QueryException, InterruptedException {
    Settings settings = options.settings();
    String why = reason.text();
    try (OwnCatalog own = new OwnCatalog(settings)) {
      for (DecisionState undone : undo.of(deciding(own.now(), settings), name, why)) {
        write(settings, command, name, undone);
        tell(options, undone, "taken back: " + undone.id(), _ -> {});
      }
    }
    return ExitCode.COMPLETE.code();
  }

  private void tell(
      CommonOptions options, DecisionState decision, String words, Consumer<ObjectNode> more) {
    if (options.json) {
      ObjectNode answer = JsonNodeFactory.instance.objectNode();
      answer.put("decision", decision.id()).put("undone", decision.undone() != null);
      more.accept(answer);
      terminal.json(answer);
    } else {
      terminal.result(words);
    }
  }

  private PeerDeciding deciding(Catalog catalog, Settings settings) {
    return new PeerDeciding(
        catalog.decisions(), settings.shared().peers(), clock, OwnDecisions.by());
  }

  private void write(Settings settings, String command, String name, DecisionState decision)
      throws QueryException, InterruptedException {
    try {
      new OwnDecisions(settings, terminal, clock).write(command, name, decision);
    } catch (KafkaException e) {
      throw KafkaReach.failed(settings.shared().kafka(), e);
    }
  }
}
