package dev.longshore.watcher;

import org.jspecify.annotations.Nullable;

/** A hint's body does not match its content type. */
final class MalformedHintException extends Exception {
  private static final long serialVersionUID = 1L;

  MalformedHintException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
