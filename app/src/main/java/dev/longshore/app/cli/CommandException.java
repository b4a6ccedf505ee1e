package dev.longshore.app.cli;

import dev.longshore.app.query.find.ExitCode;
import dev.longshore.app.query.find.QueryException;
import org.jspecify.annotations.Nullable;

/** A command failed; the message is the sentence that the user reads. */
final class CommandException extends QueryException {
  private static final long serialVersionUID = 1L;

  CommandException(ExitCode code, String message, @Nullable Throwable cause) {
    super(code, message, cause);
  }

  CommandException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  CommandException(String message) {
    super(message);
  }
}
