package dev.longshore.runtime.service.lifecycle;

import java.util.List;

/** A program stopped, but some parts failed to; each failure is a suppressed exception. */
public final class StopException extends Exception {
  private static final long serialVersionUID = 1L;

  StopException(List<PartFailure> failures) {
    super(
        String.join(
            "; ", failures.stream().map(failure -> String.valueOf(failure.getMessage())).toList()));
    failures.forEach(this::addSuppressed);
  }
}
