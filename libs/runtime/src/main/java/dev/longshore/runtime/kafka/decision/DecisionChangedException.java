package dev.longshore.runtime.kafka.decision;

import dev.longshore.events.DecisionState;
import dev.longshore.runtime.kafka.write.OvertakenException;
import java.util.Optional;

/** Another writer changed the decision first: read it again before changing it. */
public final class DecisionChangedException extends Exception {
  private static final long serialVersionUID = 1L;
  private final transient Optional<DecisionState> current;

  DecisionChangedException(String message, Optional<DecisionState> current) {
    super(message);
    this.current = current;
  }

  DecisionChangedException(
      String message, Optional<DecisionState> current, OvertakenException cause) {
    super(message, cause);
    this.current = current;
  }

  /** The decision found at the failure; empty if there was none. */
  public Optional<DecisionState> current() {
    return current;
  }
}
