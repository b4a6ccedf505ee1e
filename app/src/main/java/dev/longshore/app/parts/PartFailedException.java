package dev.longshore.app.parts;

import org.jspecify.annotations.Nullable;

/** A development part could not be started, or ended by itself. */
public final class PartFailedException extends Exception {
  private static final long serialVersionUID = 1L;

  /**
   * @param message what was tried, on what, the answer, and what to do
   */
  public PartFailedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
