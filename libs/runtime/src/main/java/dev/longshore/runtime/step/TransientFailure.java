package dev.longshore.runtime.step;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Something outside is away or refuses for now; goes on by itself when it is back. */
public final class TransientFailure extends Exception {
  private static final long serialVersionUID = 1L;
  private final String endpoint;
  private final @Nullable Duration retryAfter;
  private final boolean tried;

  /**
   * Says what is away.
   *
   * @param endpoint stable name of what is away, such as {@code registry localhost:5055} or {@code
   *     kubo site-a}; all work on it pauses together
   * @param message what was tried, on what, what came back, what to do
   * @param retryAfter how long the endpoint asked to be left alone, if it did
   */
  public TransientFailure(
      String endpoint, String message, @Nullable Duration retryAfter, @Nullable Throwable cause) {
    this(endpoint, message, retryAfter, cause, true);
  }

  private TransientFailure(
      String endpoint,
      String message,
      @Nullable Duration retryAfter,
      @Nullable Throwable cause,
      boolean tried) {
    super(message, cause);
    this.endpoint = endpoint;
    this.retryAfter = retryAfter;
    this.tried = tried;
  }

  /**
   * The endpoint is known to be away, so it was not called.
   *
   * @param cause what came back from it when it was last called
   */
  public static TransientFailure heldBack(String endpoint, String cause) {
    return new TransientFailure(endpoint, cause, null, null, false);
  }

  /** Whether the endpoint was called and failed; else the message waits with the others. */
  public boolean tried() {
    return tried;
  }

  public String endpoint() {
    return endpoint;
  }

  public @Nullable Duration retryAfter() {
    return retryAfter;
  }
}
