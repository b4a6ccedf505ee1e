package dev.longshore.app.decision;

import dev.longshore.app.query.find.QueryException;
import dev.longshore.app.query.list.ListedGuard;
import dev.longshore.events.DecisionState;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Decisions that let go on what guards stop. */
public final class GuardDeciding {
  private GuardDeciding() {}

  /**
   * The guard of this id.
   *
   * @param guards those that stop something
   */
  public static ListedGuard standing(List<ListedGuard> guards, String id) throws QueryException {
    return guards.stream()
        .filter(one -> one.id().equals(id))
        .findFirst()
        .orElseThrow(
            () ->
                new QueryException(
                    "guard %s stops nothing; 'longshore guard list' shows those that do"
                        .formatted(id)));
  }

  /** What is to be written; empty if it was confirmed before. */
  public static Optional<DecisionState> confirm(
      ListedGuard guard, String by, String reason, Instant now) {
    return guard.confirmed()
        ? Optional.empty()
        : Optional.of(
            DecisionState.of(
                "confirm-" + UUID.randomUUID(),
                guard.confirm(),
                by,
                reason,
                now,
                guard.lasts() == null ? null : now.plus(guard.lasts())));
  }
}
