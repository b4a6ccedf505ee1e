package dev.longshore.runtime.service.lifecycle;

import java.util.List;

/** A program stopped, but not all of it ended well; each failure is a suppressed one. */
public final class StopException extends Exception {
  private static final long serialVersionUID = 1L;

  StopException(List<PartFailure> failures) {
    super(
        String.join(
            "; ", failures.stream().map(failure -> String.valueOf(failure.getMessage())).toList()));
    failures.forEach(this::addSuppressed);
  }
}
