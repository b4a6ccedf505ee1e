package dev.longshore.oci.login;

/** There are no credentials: what was asked, what came back, what to do. Never holds a secret. */
public final class NoLoginException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Takes no cause: what a parser of credentials says may repeat them. */
  public NoLoginException(String message) {
    super(message);
  }
}
