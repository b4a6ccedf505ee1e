package dev.longshore.app.cli;

import dev.longshore.app.query.find.ExitCode;
import dev.longshore.model.Excerpt;
import org.jspecify.annotations.Nullable;
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
    return checked(reason);
  }

  /** What was typed, if it can be one. */
  static String checked(@Nullable String typed) throws CommandException {
    String text = typed == null ? "" : typed.strip();
    if (text.isEmpty()) {
      throw refused("none");
    }
    if (Excerpt.hasControls(text)) {
      throw refused("has control characters, such as the end of a line");
    }
    return text;
  }

  private static CommandException refused(String what) {
    return new CommandException(
        ExitCode.USAGE,
        "--reason: %s (expected: why, in one line, for those who ask later)".formatted(what),
        null);
  }
}
