package dev.longshore.watcher;

import org.jspecify.annotations.Nullable;

/** A hint's body is not what its content type promises. */
final class MalformedHintException extends Exception {
  private static final long serialVersionUID = 1L;

  MalformedHintException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
