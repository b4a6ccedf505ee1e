package dev.longshore.watcher;

import dev.longshore.events.PollState;
import dev.longshore.model.RegistryHost;
import dev.longshore.model.Tag;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How far one look at a repository is: a long one is noted while it goes on. */
final class RepositoryPoll implements RepositoryLook.Progress {
  /** Tags between two notes: minutes, at a usual budget. */
  static final int NOTED_EVERY = 1_000;

  private final RegistryHost registry;
  private final String repository;
  private final @Nullable PollState before;
  private final Instant began;
  private final PollStates states;
  private final Runnable answered;
  private final Clock clock;
  private @Nullable Tag last;
  private int compared;

  /**
   * A look that begins.
   *
   * @param answered told when the registry has answered
   */
  RepositoryPoll(
      RegistryHost registry,
      String repository,
      PollAgenda.Look look,
      PollStates states,
      Runnable answered,
      Clock clock) {
    this.registry = registry;
    this.repository = repository;
    this.before = look.before();
    this.states = states;
    this.answered = answered;
    this.clock = clock;
    Instant earlier = before == null || look.cursor().isEmpty() ? null : before.startedAt();
    this.began = earlier == null ? look.began() : earlier;
  }

  @Override
  public void listed() {
    answered.run();
  }

  @Override
  public void compared(Tag tag) {
    last = tag;
    if (++compared % NOTED_EVERY == 0) {
      states.write(underWay(tag));
    }
  }

  /** What is left of a look that ends early, if it compared anything; also noted. */
  Optional<PollState> interrupted() {
    Optional<PollState> state = Optional.ofNullable(last).map(this::underWay);
    state.ifPresent(states::write);
    return state;
  }

  private PollState underWay(Tag tag) {
    return new PollState(
        registry.toString(),
        repository,
        tag.text(),
        null,
        began,
        before == null ? null : before.completedAt(),
        before == null ? null : before.foundAt(),
        null,
        null,
        clock.instant());
  }

  /** What a look leaves that came to its end. */
  PollState ended(Poll.Looked looked, Instant next) {
    Instant now = clock.instant();
    boolean failed = looked.error() != null;
    Integer failures = before == null ? null : before.attempts();
    return new PollState(
        registry.toString(),
        repository,
        null,
        null,
        began,
        failed ? before == null ? null : before.completedAt() : now,
        looked.found() > 0 ? now : before == null ? null : before.foundAt(),
        looked.error(),
        failed ? 1 + (failures == null ? 0 : failures) : null,
        next);
  }
}
