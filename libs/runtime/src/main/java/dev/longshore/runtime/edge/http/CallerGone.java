package dev.longshore.runtime.edge.http;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The caller closed the connection, takes nothing, or was answered already: no fault of ours. */
final class CallerGone extends IOException {
  private static final long serialVersionUID = 1L;

  CallerGone(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
