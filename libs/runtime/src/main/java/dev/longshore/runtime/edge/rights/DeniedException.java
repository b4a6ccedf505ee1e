package dev.longshore.runtime.edge.rights;

/** Who calls is known, and may not do this. The caller sees the message. */
public final class DeniedException extends Exception {
  private static final long serialVersionUID = 1L;

  public DeniedException(String message) {
    super(message);
  }

  /** What the message says; never null. */
  public String reason() {
    return String.valueOf(getMessage());
  }
}
