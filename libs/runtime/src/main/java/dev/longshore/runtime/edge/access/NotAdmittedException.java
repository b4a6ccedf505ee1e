package dev.longshore.runtime.edge.access;

/** Nothing was shown that says who calls. The caller sees the message. */
public final class NotAdmittedException extends Exception {
  private static final long serialVersionUID = 1L;
  private final String challenge;

  NotAdmittedException(String message, String challenge) {
    super(message);
    this.challenge = challenge;
  }

  /** What the message says; never null. */
  public String reason() {
    return String.valueOf(getMessage());
  }

  /** What to show, for the header {@code WWW-Authenticate}. */
  public String challenge() {
    return challenge;
  }
}
