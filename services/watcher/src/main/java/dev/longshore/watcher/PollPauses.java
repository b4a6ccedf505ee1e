package dev.longshore.watcher;

import dev.longshore.events.PollState;
import dev.longshore.runtime.config.PollSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.random.RandomGenerator;

/** How long a repository is left alone: the longer, the longer nothing changed in it. */
final class PollPauses {
  /** Part of a pause that is left out at random, so that looks do not stay bunched. */
  private static final double JITTER = 0.1;

  private final Duration shortest;
  private final RandomGenerator random;

  /** Pauses from that one on. */
  PollPauses(Duration shortest, RandomGenerator random) {
    this.shortest = shortest;
    this.random = random;
  }

  Duration shortest() {
    return shortest;
  }

  Duration longest() {
    return PollSettings.longestPause(shortest);
  }

  /** The one after a look that found nothing. */
  Duration longerThan(Duration pause) {
    return within(pause.multipliedBy(2));
  }

  /** The one that led to the next look of that state. */
  Duration after(PollState state) {
    Instant completed = state.completedAt();
    return completed == null
        ? shortest
        : within(Duration.between(completed, state.nextPollAt()).multipliedBy(10).dividedBy(9));
  }

  private Duration within(Duration pause) {
    return pause.compareTo(shortest) < 0
        ? shortest
        : pause.compareTo(longest()) > 0 ? longest() : pause;
  }

  Duration jittered(Duration pause) {
    return Duration.ofMillis(
        (long) Math.max(1, pause.toMillis() * (1 - JITTER * random.nextDouble())));
  }
}
