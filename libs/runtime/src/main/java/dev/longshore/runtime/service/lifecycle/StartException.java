package dev.longshore.runtime.service.lifecycle;

/**
 * A program did not start; the started parts were stopped, with their failures as suppressed
 * exceptions.
 */
public final class StartException extends Exception {
  private static final long serialVersionUID = 1L;
  private final String part;

  StartException(String part, Throwable cause) {
    super(part + " did not start: " + reason(cause), cause);
    this.part = part;
  }

  private static String reason(Throwable cause) {
    String message = cause.getMessage();
    return message == null || message.isBlank() ? cause.getClass().getSimpleName() : message;
  }

  /** The part that failed. */
  public String part() {
    return part;
  }
}
