package dev.longshore.runtime.edge.rights;

/** The caller is known but may not do this. The caller sees the message. */
public final class DeniedException extends Exception {
  private static final long serialVersionUID = 1L;

  public DeniedException(String message) {
    super(message);
  }

  /** The message, never null. */
  public String reason() {
    return String.valueOf(getMessage());
  }
}
