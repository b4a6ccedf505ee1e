package dev.longshore.runtime.edge.access;

/** The caller did not prove who it is. The caller sees the message. */
public final class NotAdmittedException extends Exception {
  private static final long serialVersionUID = 1L;
  private final String challenge;

  NotAdmittedException(String message, String challenge) {
    super(message);
    this.challenge = challenge;
  }

  /** The message, never null. */
  public String reason() {
    return String.valueOf(getMessage());
  }

  /** The challenge for the header {@code WWW-Authenticate}. */
  public String challenge() {
    return challenge;
  }
}
