package dev.longshore.watcher;

import dev.longshore.events.PollState;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A poll to run now.
 *
 * @param repository none for the list of repositories
 * @param before what the last polls of it left
 * @param round the round it belongs to, 0 for none
 * @param began when it begins
 */
record PollTask(@Nullable String repository, @Nullable PollState before, int round, Instant began) {
  /** The last tag that an interrupted poll compared; a round compares all again. */
  Optional<String> cursor() {
    return Optional.ofNullable(before).filter(_ -> round == 0).map(PollState::cursor);
  }

  /** Whether the repository was never compared to its end, so that what is new is backfill. */
  boolean isFirst() {
    return repository != null && (before == null || before.completedAt() == null);
  }

  /** Whether it waits until there is room for backfill; others go on. */
  boolean isPatient() {
    return isFirst() && round == 0;
  }
}
