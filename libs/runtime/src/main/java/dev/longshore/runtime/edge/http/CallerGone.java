package dev.longshore.runtime.edge.http;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The caller closed the connection, reads nothing, or was answered already: not our fault. */
final class CallerGone extends IOException {
  private static final long serialVersionUID = 1L;

  CallerGone(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
