package dev.longshore.app.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.app.cli.DeadLetters.Letter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code replay}: has events that failed for good handled again. */
@Command(
    name = "replay",
    description = "Lists dead letters, or has those with these keys handled again.")
final class ReplayCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private final CommonOptions options = new CommonOptions();

  @Option(names = "--all", description = "replays every dead letter")
  private boolean all;

  @Parameters(paramLabel = "KEY", arity = "0..*", description = "keys as the list shows them")
  private List<String> keys = new ArrayList<>();

  ReplayCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws CommandException, InterruptedException {
    DeadLetters dead = new DeadLetters(options.settings().shared().kafka());
    List<Letter> letters = dead.read();
    if (!all && keys.isEmpty()) {
      tell(letters, "listed");
      return ExitCode.COMPLETE.code();
    }
    List<Letter> chosen = letters.stream().filter(l -> all || keys.contains(l.key())).toList();
    for (String key : keys) {
      if (chosen.stream().noneMatch(l -> l.key().equals(key))) {
        throw new CommandException(
            "no dead letter has the key " + key + "; 'longshore replay' lists all");
      }
    }
    List<Letter> whole = chosen.stream().filter(Letter::replayable).toList();
    dead.replay(whole);
    tell(whole, "replayed");
    chosen.stream()
        .filter(l -> !l.replayable())
        .forEach(
            l ->
                terminal.error(
                    l.key() + " was too long to be kept and cannot be replayed; push it again"));
    return (whole.size() == chosen.size() ? ExitCode.COMPLETE : ExitCode.INCOMPLETE).code();
  }

  private void tell(List<Letter> letters, String how) {
    if (options.json) {
      ObjectNode answer = JsonNodeFactory.instance.objectNode();
      var list = answer.putArray(how);
      for (Letter letter : letters) {
        list.addObject()
            .put("key", letter.key())
            .put("topic", letter.topic())
            .put("stage", letter.stage())
            .put("reason", letter.reason())
            .put("failedAt", letter.failedAt())
            .put("replayable", letter.replayable());
      }
      terminal.json(answer);
      return;
    }
    for (Letter letter : letters) {
      terminal.result(
          "%s  %s of %s: %s".formatted(letter.failedAt(), letter.stage(), letter.key(), letter.reason()));
    }
    if (letters.isEmpty()) {
      terminal.result("no dead letters");
    }
  }
}
