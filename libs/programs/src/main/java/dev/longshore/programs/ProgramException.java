package dev.longshore.programs;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A program could not be started, or did not end well. */
public final class ProgramException extends IOException {
  private static final long serialVersionUID = 1L;

  /**
   * Says which program failed.
   *
   * @param message what was run, how it ended, and what it said last
   */
  ProgramException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
