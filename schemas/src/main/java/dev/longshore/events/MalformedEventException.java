package dev.longshore.events;

import org.jspecify.annotations.Nullable;

/** Bytes that are not the record they should be, or a record that is too large to be sent. */
public final class MalformedEventException extends Exception {
  private static final long serialVersionUID = 1L;

  MalformedEventException(String message) {
    super(message);
  }

  MalformedEventException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
