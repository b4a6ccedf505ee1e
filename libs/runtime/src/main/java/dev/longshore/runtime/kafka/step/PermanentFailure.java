package dev.longshore.runtime.kafka.step;

import org.jspecify.annotations.Nullable;

/** The message can never be handled as it is: bad content, a limit passed. */
public final class PermanentFailure extends Exception {
  private static final long serialVersionUID = 1L;
  private final String reason;

  /**
   * Says why.
   *
   * @param reason a stable code such as DIGEST_MISMATCH
   * @param message what was tried, on what, what came back, what to do
   */
  public PermanentFailure(String reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  public String reason() {
    return reason;
  }
}
