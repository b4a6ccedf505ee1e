package dev.longshore.app.cli;

import dev.longshore.app.decision.Reasons;
import dev.longshore.app.query.find.QueryException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Why somebody decides. */
final class ReasonOption {
  @Option(
      names = "--reason",
      required = true,
      paramLabel = "TEXT",
      description = "why; shown to operators who ask later")
  private String reason = "";

  String text() throws CommandException {
    return checked(reason);
  }

  /** What was typed, if it can be one. */
  static String checked(@Nullable String typed) throws CommandException {
    try {
      return Reasons.checked("--reason", typed);
    } catch (QueryException e) {
      throw new CommandException(e.code(), String.valueOf(e.getMessage()), e);
    }
  }
}
