package dev.longshore.resolver.hub.access;

import org.jspecify.annotations.Nullable;

/** A site's credentials could not be read and written; they may have been written anyway. */
public final class NotStoredException extends Exception {
  private static final long serialVersionUID = 1L;

  public NotStoredException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
