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
    Instant nextPollAt)
    implements State {
  public PollState {
    cursor = ForeignText.cutIfAny(cursor, ForeignText.CURSOR);
    etag = etag != null && ForeignText.fits(etag, ForeignText.CURSOR) ? etag : null;
    error = ForeignText.cutIfAny(error, ForeignText.ERROR);
  }

  @Override
  public String key() {
    return repository == null ? registry : registry + "/" + repository;
  }
}
