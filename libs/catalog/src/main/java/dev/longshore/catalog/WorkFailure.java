package dev.longshore.catalog;

import dev.longshore.events.Failed;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Why work on a key does not go on, from the last record of topic {@code failed} or {@code retry}.
 *
 * @param key key of the event that could not be handled
 * @param stage observe, convert or pin
 * @param kind whether it goes on by itself
 * @param reason a stable code such as DIGEST_MISMATCH, or {@link #TRANSIENT}
 * @param endpoint the endpoint that is away, such as {@code registry localhost:5055}; null for a
 *     permanent one
 * @param message what was tried, on what, the answer, and what to do
 * @param attempt tries so far, 1 after the first; 0 if not counted
 * @param at the service's clock for a permanent one, else Kafka's
 * @param nextTry time of the endpoint's next try, by the service's clock; in the past during that
 *     try, null if unknown
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
  /** The {@link #reason} of work that is tried again. */
  public static final String TRANSIENT = "TRANSIENT";

  /**
   * How long a catalog keeps one: as long as topic {@code failed} does, so that a rebuilt store has
   * the same content.
   */
  public static final Duration KEPT = Duration.ofDays(7);

  /** A permanent failure. */
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
    /** Only a new push or a replay of the dead letter changes it. */
    PERMANENT,
    /** Tried again until it works. */
    TRANSIENT,
    /** It works again: the catalog drops the trouble of this key and stage. */
    OVER
  }
}
