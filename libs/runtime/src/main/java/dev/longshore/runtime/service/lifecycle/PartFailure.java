package dev.longshore.runtime.service.lifecycle;

import org.jspecify.annotations.Nullable;

/** One part failed to stop. */
public final class PartFailure extends Exception {
  private static final long serialVersionUID = 1L;

  PartFailure(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
