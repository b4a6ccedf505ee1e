package dev.longshore.app.mirror;

import org.jspecify.annotations.Nullable;

/** A runtime cannot be pointed at a resolver, or not back; the message is what the user reads. */
public final class MirrorException extends Exception {
  private static final long serialVersionUID = 1L;

  MirrorException(String message) {
    this(message, null);
  }

  MirrorException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
