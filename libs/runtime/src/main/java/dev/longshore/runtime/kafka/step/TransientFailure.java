package dev.longshore.runtime.kafka.step;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** An external program is away or refuses for now; work resumes by itself when it is back. */
public final class TransientFailure extends Exception {
  private static final long serialVersionUID = 1L;
  private final String endpoint;
  private final @Nullable Duration retryAfter;
  private final boolean tried;
  private final @Nullable String answered;

  /**
   * @param endpoint stable name of the endpoint, such as {@code registry localhost:5055} or {@code
   *     kubo site-a}; all work on it pauses together
   * @param message what was tried, on what, the answer, and what to do
   * @param retryAfter pause that the endpoint asked for, if any
   */
  public TransientFailure(
      String endpoint, String message, @Nullable Duration retryAfter, @Nullable Throwable cause) {
    this(endpoint, message, retryAfter, cause, true, null);
  }

  /**
   * The same for a part of an endpoint that otherwise answers.
   *
   * @param part stable name of the part, such as {@code repository localhost:5055/team/app}
   * @param whole its endpoint; the same name if all of it is away
   */
  public static TransientFailure within(
      String part,
      String whole,
      String message,
      @Nullable Duration retryAfter,
      @Nullable Throwable cause) {
    return new TransientFailure(
        part, message, retryAfter, cause, true, part.equals(whole) ? null : whole);
  }

  private TransientFailure(
      String endpoint,
      String message,
      @Nullable Duration retryAfter,
      @Nullable Throwable cause,
      boolean tried,
      @Nullable String answered) {
    super(message, cause);
    this.endpoint = endpoint;
    this.retryAfter = retryAfter;
    this.tried = tried;
    this.answered = answered;
  }

  /**
   * The endpoint is known to be away, so it was not called.
   *
   * @param cause its last answer
   */
  public static TransientFailure heldBack(String endpoint, String cause) {
    return new TransientFailure(endpoint, cause, null, null, false, null);
  }

  /** Whether the endpoint was called and failed; otherwise the message waits with the others. */
  public boolean tried() {
    return tried;
  }

  /** The endpoint that was found to work, if any. */
  public @Nullable String answered() {
    return answered;
  }

  public String endpoint() {
    return endpoint;
  }

  public @Nullable Duration retryAfter() {
    return retryAfter;
  }
}
