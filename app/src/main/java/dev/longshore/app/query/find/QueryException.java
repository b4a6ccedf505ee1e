package dev.longshore.app.query.find;

import org.jspecify.annotations.Nullable;

/** A question has no answer; the message is the sentence that the user reads. */
public class QueryException extends Exception {
  private static final long serialVersionUID = 1L;
  private final ExitCode code;

  public QueryException(ExitCode code, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  public QueryException(String message, @Nullable Throwable cause) {
    this(ExitCode.ERROR, message, cause);
  }

  public QueryException(String message) {
    this(message, null);
  }

  /** The exit code of a command that asked. */
  public ExitCode code() {
    return code;
  }
}
