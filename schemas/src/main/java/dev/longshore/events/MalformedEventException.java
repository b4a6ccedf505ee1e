package dev.longshore.events;

import org.jspecify.annotations.Nullable;

/** Bytes that are not a valid record, or a record that is too large to send. */
public final class MalformedEventException extends Exception {
  private static final long serialVersionUID = 1L;

  MalformedEventException(String message) {
    super(message);
  }

  MalformedEventException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
