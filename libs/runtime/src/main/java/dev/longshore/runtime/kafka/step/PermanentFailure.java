package dev.longshore.runtime.kafka.step;

import org.jspecify.annotations.Nullable;

/** The message can never be handled: bad content, or a limit exceeded. */
public final class PermanentFailure extends Exception {
  private static final long serialVersionUID = 1L;
  private final String reason;

  /**
   * @param reason a stable code such as DIGEST_MISMATCH
   * @param message what was tried, on what, the answer, and what to do
   */
  public PermanentFailure(String reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  public String reason() {
    return reason;
  }
}
