package dev.longshore.runtime.kafka.write;

import dev.longshore.events.State;
import java.util.Optional;

/** Another process is writing the same key: read it again before writing. */
public final class OvertakenException extends Exception {
  private static final long serialVersionUID = 1L;
  private final transient Optional<? extends State> current;

  OvertakenException(String message, Optional<? extends State> current) {
    super(message);
    this.current = current;
  }

  /** The state found at the failure; empty if there was none. */
  public Optional<? extends State> current() {
    return current;
  }
}
