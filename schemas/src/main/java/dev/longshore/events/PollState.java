package dev.longshore.events;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How far the polling of a repository is, or of a registry's list of repositories.
 *
 * @param registry registry host as names carry it
 * @param repository the repository; none for the registry's list of them
 * @param cursor last entry of the list that was compared; none between polls
 * @param etag what the registry called the list at the last whole poll, if it did; none if that is
 *     too long to keep
 * @param startedAt watcher's clock when the last poll began; none before the first
 * @param completedAt watcher's clock when the last whole poll ended; none before the first
 * @param foundAt watcher's clock when a poll last found something new; none before that
 * @param error what went wrong at the last try, if it did
 * @param attempts tries that failed one after another; none if the last one did not
 * @param nextPollAt when it is polled again, unless something happens before
 * @param listed entries of the list at the last look at it: tags, or repositories. None in records
 *     of the first releases
 * @param compared how many of them were compared; none between polls
 */
public record PollState(
    String registry,
    @Nullable String repository,
    @Nullable String cursor,
    @Nullable String etag,
    @Nullable Instant startedAt,
    @Nullable Instant completedAt,
    @Nullable Instant foundAt,
    @Nullable String error,
    @Nullable Integer attempts,
    Instant nextPollAt,
    @Nullable Integer listed,
    @Nullable Integer compared)
    implements State {
  public PollState {
    cursor = ForeignText.cutIfAny(cursor, ForeignText.CURSOR);
    etag = etag != null && ForeignText.fits(etag, ForeignText.CURSOR) ? etag : null;
    error = ForeignText.cutIfAny(error, ForeignText.ERROR);
  }

  /** One that does not say how much there is. */
  public PollState(
      String registry,
      @Nullable String repository,
      @Nullable String cursor,
      @Nullable String etag,
      @Nullable Instant startedAt,
      @Nullable Instant completedAt,
      @Nullable Instant foundAt,
      @Nullable String error,
      @Nullable Integer attempts,
      Instant nextPollAt) {
    this(
        registry,
        repository,
        cursor,
        etag,
        startedAt,
        completedAt,
        foundAt,
        error,
        attempts,
        nextPollAt,
        null,
        null);
  }

  @Override
  public String key() {
    return repository == null ? registry : registry + "/" + repository;
  }
}
