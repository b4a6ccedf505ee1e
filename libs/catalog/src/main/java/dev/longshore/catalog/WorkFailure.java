package dev.longshore.catalog;

import dev.longshore.events.Failed;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Why work on a key does not go on, as topic {@code failed} or {@code retry} said it last.
 *
 * @param key key of the event that could not be handled
 * @param stage observe, convert or pin
 * @param kind whether it goes on by itself
 * @param reason a stable code such as DIGEST_MISMATCH, or {@link #TRANSIENT}
 * @param endpoint what is away, such as {@code registry localhost:5055}; none for a permanent one
 * @param message what was tried, on what, what came back, what to do
 * @param attempt tries so far, 1 after the first; 0 if not counted
 * @param at the service's clock at a permanent one, Kafka's at others
 * @param nextTry when somebody tries the endpoint next, by the service's clock; in the past while
 *     that try is under way, none if nobody said so
 */
public record WorkFailure(
    String key,
    String stage,
    Kind kind,
    String reason,
    @Nullable String endpoint,
    String message,
    int attempt,
    Instant at,
    @Nullable Instant nextTry) {
  /** {@link #reason} of what is tried again. */
  public static final String TRANSIENT = "TRANSIENT";

  /**
   * How long a catalog keeps one: as long as topic {@code failed} does, so that a store which is
   * built anew knows the same.
   */
  public static final Duration KEPT = Duration.ofDays(7);

  /** What a permanent failure says. */
  public static WorkFailure of(Failed failed) {
    return new WorkFailure(
        failed.key(),
        failed.stage(),
        Kind.PERMANENT,
        failed.reason(),
        null,
        failed.message(),
        0,
        failed.failedAt(),
        null);
  }

  /** Whether the work goes on by itself. */
  public enum Kind {
    /** Nothing but a new push or a replay of the dead letter changes it. */
    PERMANENT,
    /** Tried again until it works. */
    TRANSIENT,
    /** It works again: the catalog forgets the trouble of this key and stage. */
    OVER
  }
}
