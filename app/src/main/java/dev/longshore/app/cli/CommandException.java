package dev.longshore.app.cli;

import org.jspecify.annotations.Nullable;

/** A command cannot be done; the message is the sentence that the user reads. */
final class CommandException extends Exception {
  private static final long serialVersionUID = 1L;
  private final ExitCode code;

  CommandException(ExitCode code, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  CommandException(String message, @Nullable Throwable cause) {
    this(ExitCode.ERROR, message, cause);
  }

  CommandException(String message) {
    this(message, null);
  }

  ExitCode code() {
    return code;
  }
}
