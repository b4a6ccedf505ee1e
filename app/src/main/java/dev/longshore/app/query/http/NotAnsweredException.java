package dev.longshore.app.query.http;

import org.jspecify.annotations.Nullable;

/** No service answered, or none with a usable answer; the message says why. */
public final class NotAnsweredException extends Exception {
  private static final long serialVersionUID = 1L;

  NotAnsweredException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
