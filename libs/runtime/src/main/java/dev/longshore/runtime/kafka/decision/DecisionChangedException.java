package dev.longshore.runtime.kafka.decision;

import dev.longshore.events.DecisionState;
import dev.longshore.runtime.kafka.write.OvertakenException;
import java.util.Optional;

/** Somebody else changed the decision first: who wants to change it has to look again. */
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

  /** What was there when it failed; empty if nothing was. */
  public Optional<DecisionState> current() {
    return current;
  }
}
