package dev.longshore.app.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.app.Settings;
import dev.longshore.app.query.ExitCode;
import dev.longshore.catalog.PeerStates;
import dev.longshore.events.PeerState;
import dev.longshore.model.PeerName;
import dev.longshore.runtime.config.PeerSettings;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code peer}: the nodes that keep copies, as the pinner knows them. */
@Command(name = "peer", description = "Lists the peers that keep copies, as the pinner knows them.")
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
        "Lists each peer with its zone and since when it is up, away, lost or full.",
        "A peer that is away for pinner.lost-after is lost: its copies are made elsewhere."
      })
  int list(@Mixin CommonOptions options) throws CommandException, InterruptedException {
    Settings settings = options.settings();
    List<ListedPeer> peers;
    try (OwnCatalog catalog = new OwnCatalog(settings)) {
      peers = peers(settings.shared().peers(), catalog.now().peers());
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

  /** Those that are configured, then those that were and are still recorded. */
  private static List<ListedPeer> peers(List<PeerSettings> configured, PeerStates recorded) {
    List<ListedPeer> peers = new ArrayList<>();
    for (PeerSettings peer : configured) {
      if (peer.keep()) {
        Optional<PeerState> state = recorded.of(new PeerName(peer.name()));
        peers.add(new ListedPeer(peer.name(), peer.place().zone(), true, state));
      }
    }
    Set<String> names = configured.stream().map(PeerSettings::name).collect(Collectors.toSet());
    recorded.all().stream()
        .filter(state -> !names.contains(state.peer().text()))
        .forEach(
            state ->
                peers.add(
                    new ListedPeer(state.peer().text(), state.zone(), false, Optional.of(state))));
    return peers;
  }
}
