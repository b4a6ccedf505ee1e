package dev.longshore.app.cli;

import dev.longshore.app.query.ExitCode;
import picocli.CommandLine.Option;

/** Why somebody decides. */
final class ReasonOption {
  @Option(
      names = "--reason",
      required = true,
      paramLabel = "TEXT",
      description = "why, for those who ask later")
  private String reason = "";

  String text() throws CommandException {
    String text = reason.strip();
    if (text.isEmpty()) {
      throw new CommandException(
          ExitCode.USAGE, "--reason: none (expected: why, for those who ask later)", null);
    }
    return text;
  }
}
