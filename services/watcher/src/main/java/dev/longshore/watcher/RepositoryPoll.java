package dev.longshore.watcher;

import dev.longshore.events.PollState;
import dev.longshore.model.RegistryHost;
import dev.longshore.model.Tag;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How far one look at a repository is: a long one is noted while it goes on. */
final class RepositoryPoll implements RepositoryComparison.Progress {
  /** Tags between two notes: minutes, at a usual budget. */
  static final int NOTED_EVERY = 1_000;

  /** At the longest: of a backfill, people want to see that it goes on. */
  private static final Duration NOTED_AFTER = Duration.ofMinutes(1);

  private final RegistryHost registry;
  private final String repository;
  private final @Nullable PollState before;
  private final Instant began;
  private final PollStates states;
  private final Runnable answered;
  private final Runnable goesOnNow;
  private final Clock clock;
  private final boolean goesOn;
  private Instant notedAt;
  private @Nullable String last;
  private @Nullable Integer listed;
  private int compared;
  private int unnoted;

  /**
   * A look that begins.
   *
   * @param answered told when the registry has answered
   * @param goesOnNow told at each tag
   */
  RepositoryPoll(
      RegistryHost registry,
      String repository,
      PollTask look,
      PollStates states,
      Runnable answered,
      Runnable goesOnNow,
      Clock clock) {
    this.registry = registry;
    this.repository = repository;
    this.before = look.before();
    this.states = states;
    this.answered = answered;
    this.goesOnNow = goesOnNow;
    this.clock = clock;
    this.goesOn = before != null && look.cursor().isPresent();
    Instant earlier = before == null || !goesOn ? null : before.startedAt();
    this.began = earlier == null ? look.began() : earlier;
    Integer sofar = before == null || !goesOn ? null : before.compared();
    this.compared = sofar == null ? 0 : sofar;
    this.notedAt = clock.instant();
  }

  @Override
  public void listed(int tags) {
    listed = tags;
    answered.run();
  }

  @Override
  public void compared(Tag tag) {
    goesOnNow.run();
    last = tag.text();
    compared++;
    unnoted++;
    Instant now = clock.instant();
    if (unnoted == NOTED_EVERY || Duration.between(notedAt, now).compareTo(NOTED_AFTER) >= 0) {
      unnoted = 0;
      notedAt = now;
      states.write(underWay(last));
    }
  }

  /** What is left of a look that ends early, if it compared anything; also noted. */
  Optional<PollState> interrupted() {
    Optional<PollState> state = Optional.ofNullable(last).map(this::underWay);
    state.ifPresent(states::write);
    return state;
  }

  private PollState underWay(String cursor) {
    return underWay(cursor, before == null ? null : before.completedAt());
  }

  private PollState underWay(@Nullable String cursor, @Nullable Instant completedAt) {
    return new PollState(
        registry.toString(),
        repository,
        cursor,
        null,
        began,
        completedAt,
        before == null ? null : before.foundAt(),
        null,
        null,
        clock.instant(),
        listed,
        compared);
  }

  /** What a look leaves that found no room: the next one is a backfill, and goes on here. */
  PollState left() {
    String earlier = before == null || !goesOn ? null : before.cursor();
    return underWay(last == null ? earlier : last, null);
  }

  /** What a look leaves that came to its end. */
  PollState ended(Poll.Looked looked, Instant next) {
    Instant now = clock.instant();
    // A repository without anything that a rule wants is not listed: its backfill may still come.
    boolean failed = looked.error() != null;
    boolean whole = !failed && listed != null;
    Integer failures = before == null ? null : before.attempts();
    return new PollState(
        registry.toString(),
        repository,
        null,
        null,
        began,
        whole ? now : before == null ? null : before.completedAt(),
        looked.found() > 0 ? now : before == null ? null : before.foundAt(),
        looked.error(),
        failed ? 1 + (failures == null ? 0 : failures) : null,
        next,
        listed,
        null);
  }
}
