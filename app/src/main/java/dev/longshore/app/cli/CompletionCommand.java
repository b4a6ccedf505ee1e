package dev.longshore.app.cli;

import dev.longshore.app.query.find.ExitCode;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code completion}: the script that completes commands and options in a shell. */
@Command(
    name = CompletionCommand.NAME,
    description = {
      "Prints a script that completes commands and options in bash and zsh.",
      "Load it with: source <(longshore completion)"
    })
final class CompletionCommand implements Callable<Integer> {
  static final String NAME = "completion";
  private final Terminal terminal;
  private final CommandLine root;

  CompletionCommand(Terminal terminal, CommandLine root) {
    this.terminal = terminal;
    this.root = root;
  }

  @Override
  public Integer call() {
    terminal.result(AutoComplete.bash("longshore", root));
    return ExitCode.COMPLETE.code();
  }
}
