package dev.longshore.runtime.kafka.step;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Something outside is away or refuses for now; goes on by itself when it is back. */
public final class TransientFailure extends Exception {
  private static final long serialVersionUID = 1L;
  private final String endpoint;
  private final @Nullable Duration retryAfter;
  private final boolean tried;
  private final @Nullable String answered;

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
    this(endpoint, message, retryAfter, cause, true, null);
  }

  /**
   * The same of a part of an endpoint that answers otherwise.
   *
   * @param part stable name of what is away, such as {@code repository localhost:5055/team/app}
   * @param whole the endpoint that it is part of; the same name where all of it is away
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
   * @param cause what came back from it when it was last called
   */
  public static TransientFailure heldBack(String endpoint, String cause) {
    return new TransientFailure(endpoint, cause, null, null, false, null);
  }

  /** Whether the endpoint was called and failed; else the message waits with the others. */
  public boolean tried() {
    return tried;
  }

  /** The endpoint that was found to be well, if one was. */
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
