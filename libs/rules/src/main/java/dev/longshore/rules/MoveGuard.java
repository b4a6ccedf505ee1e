package dev.longshore.rules;

import java.util.Optional;

/**
 * Stops that very many images lose copies at once because rules or labels changed, as that is
 * rather a mistake in them. It ends when its cause does.
 *
 * @param count images that would lose copies
 * @param of all images that are kept
 */
public record MoveGuard(long count, long of) {
  /** The next one has the same, so a confirmation ends by itself. */
  public static final String ID = "moves";

  /** The guard, if it stops anything. */
  public static Optional<MoveGuard> of(long count, long of) {
    return ReleaseGuard.isMuch(count, of)
        ? Optional.of(new MoveGuard(count, of))
        : Optional.empty();
  }
}
