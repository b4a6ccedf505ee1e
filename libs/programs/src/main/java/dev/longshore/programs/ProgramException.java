package dev.longshore.programs;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A program could not be started, or failed. */
public final class ProgramException extends IOException {
  private static final long serialVersionUID = 1L;

  /**
   * @param message what was run, how it ended, and its last output
   */
  ProgramException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
