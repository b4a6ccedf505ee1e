package dev.longshore.rules;

import dev.longshore.model.RepositoryName;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Stops a release of very many images at once, as that is rather a mistake in a rule or a registry
 * than what somebody wants. It ends when its cause does.
 *
 * @param id of the repository: the next one there has the same, so a confirmation ends by itself
 * @param repository that it is about; null for all that let a few go each, which are many together
 * @param count images that are to go
 * @param of all images that it has
 * @param since when the first one was to go
 */
public record ReleaseGuard(
    String id, @Nullable RepositoryName repository, long count, long of, Instant since) {
  /** Fewer images can be converted again within minutes. */
  private static final int FEW = 20;

  /** One in so many. */
  private static final int TWENTIETH = 20;

  /**
   * The guard, if it stops anything.
   *
   * @param repository null for all
   */
  public static Optional<ReleaseGuard> of(
      @Nullable RepositoryName repository, long count, long of, Instant since) {
    return isMuch(count, of)
        ? Optional.of(new ReleaseGuard(id(repository), repository, count, of, since))
        : Optional.empty();
  }

  static boolean isMuch(long count, long of) {
    return count >= FEW && count * TWENTIETH >= of;
  }

  private static String id(@Nullable RepositoryName repository) {
    return repository == null
        ? "release-all"
        : "release-%08x".formatted(repository.toString().hashCode());
  }
}
