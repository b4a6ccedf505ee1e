package dev.longshore.watcher.sender;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A notification is not of the form that its sender is configured to have. */
public final class NotUnderstoodException extends Exception {
  private static final long serialVersionUID = 1L;
  private final Reason reason;

  /** What was wrong, for metrics. */
  public enum Reason {
    /** The body is not JSON of the expected outline. */
    BODY,
    /** An event of a kind that is unknown here, so it names no image either. */
    EVENT,
    /** A known event that does not name an image. */
    IMAGE;

    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  NotUnderstoodException(Reason reason, String message) {
    this(reason, message, null);
  }

  NotUnderstoodException(Reason reason, String message, @Nullable Throwable cause) {
    // Nothing went wrong here, and one notification may have thousands of bad events.
    super(message, cause, false, false);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }

  /** What was wrong, for people; never null. */
  public String problem() {
    return String.valueOf(getMessage());
  }
}
