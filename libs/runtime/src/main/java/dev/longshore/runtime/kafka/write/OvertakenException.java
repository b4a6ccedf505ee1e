package dev.longshore.runtime.kafka.write;

import dev.longshore.events.State;
import java.util.Optional;

/** Somebody else is writing the same key: who wants to write it has to look again. */
public final class OvertakenException extends Exception {
  private static final long serialVersionUID = 1L;
  private final transient Optional<? extends State> current;

  OvertakenException(String message, Optional<? extends State> current) {
    super(message);
    this.current = current;
  }

  /** What was there when it failed; empty if nothing was. */
  public Optional<? extends State> current() {
    return current;
  }
}
