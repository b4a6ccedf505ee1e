package dev.longshore.resolver.image;

/** Longshore does not know this, or not enough to serve it. */
public sealed class UnknownException extends Exception permits ForgottenException {
  private static final long serialVersionUID = 1L;
  private final String message;

  public UnknownException(String message) {
    super(message);
    this.message = message;
  }

  @Override
  public String getMessage() {
    return message;
  }
}
