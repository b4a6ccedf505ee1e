package dev.longshore.runtime.service.endpoint;

import dev.longshore.runtime.service.endpoint.EndpointState.Open;
import dev.longshore.runtime.service.endpoint.EndpointState.Paused;
import dev.longshore.runtime.service.endpoint.EndpointState.Probing;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Blocks calls to one endpoint while it is away.
 *
 * <pre>
 * state    event                         next
 * Open     failed                        Paused
 * Open     succeeded                     Open
 * Paused   failed                        Paused, longer if the endpoint asks for it
 * Paused   a caller after nextProbe      Probing, that caller passes
 * Probing  failed                        Paused, for twice as long
 * Probing  a caller after abandonedAt    Probing, that caller passes
 * Probing  given up                      Paused, the next caller passes
 * Paused   succeeded                     Open, everyone passes
 * Probing  succeeded                     Open, everyone passes
 * </pre>
 */
final class EndpointGate {
  /**
   * A probe may move gigabytes before it reports, or its caller may vanish: after this long another
   * caller may try.
   */
  static final Duration PROBE_LIMIT = Duration.ofSeconds(30);

  /** Time within which a failed caller starts to wait. */
  private static final Duration IDLE_LIMIT = Duration.ofMinutes(1);

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition mayPass = lock.newCondition();
  private final Clock clock;
  private final Alarms alarms;
  private final EndpointBackoff backoff;
  private final Consumer<EndpointGate> idle;
  private EndpointState state = new Open();

  /** Time of the one valid alarm; null while none is set. */
  private @Nullable Instant alarm;

  /**
   * An open gate.
   *
   * @param idle called when no one waits for it although a caller may pass
   */
  EndpointGate(Clock clock, Alarms alarms, EndpointBackoff backoff, Consumer<EndpointGate> idle) {
    this.clock = clock;
    this.alarms = alarms;
    this.backoff = backoff;
    this.idle = idle;
  }

  EndpointState state() {
    lock.lock();
    try {
      return state;
    } finally {
      lock.unlock();
    }
  }

  /** Whether this caller is the one to try. */
  boolean awaitOpen() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (!pass()) {
        mayPass.await();
      }
      return state instanceof Probing;
    } finally {
      lock.unlock();
    }
  }

  boolean mayPass() {
    lock.lock();
    try {
      return pass();
    } finally {
      lock.unlock();
    }
  }

  /** Whether this caller, which does not wait, is the one to try. */
  boolean mayTry() {
    lock.lock();
    try {
      return !(state instanceof Open) && pass();
    } finally {
      lock.unlock();
    }
  }

  /** The one that was to try ended without an answer: the next may. */
  void givenUp() {
    lock.lock();
    try {
      if (state instanceof Probing(var since, var cause, var failures, _)) {
        pause(since, cause, failures, clock.instant());
      }
    } finally {
      lock.unlock();
    }
  }

  private boolean pass() {
    Instant now = clock.instant();
    return switch (state) {
      case Open() -> true;
      case Paused(var since, var cause, var failures, var nextProbe) ->
          !now.isBefore(nextProbe) && probe(since, cause, failures, now);
      case Probing(var since, var cause, var failures, var abandonedAt) ->
          !now.isBefore(abandonedAt) && probe(since, cause, failures, now);
    };
  }

  private boolean probe(Instant since, String cause, int failures, Instant now) {
    state = new Probing(since, cause, failures, now.plus(PROBE_LIMIT));
    wakeAt(now.plus(PROBE_LIMIT));
    return true;
  }

  /** Pauses; returns the time from which one caller may try. */
  Instant failed(String cause, @Nullable Duration retryAfter) {
    lock.lock();
    try {
      Instant now = clock.instant();
      switch (state) {
        case Open() -> pause(now, cause, 1, now.plus(backoff.pause(1, retryAfter)));
        case Probing(var since, _, var failures, _) ->
            pause(since, cause, failures + 1, now.plus(backoff.pause(failures + 1, retryAfter)));
        // Calls already in progress see the same outage and must not lengthen its pause.
        case Paused(var since, _, var failures, var nextProbe) -> {
          Instant wished =
              retryAfter == null ? nextProbe : now.plus(backoff.pause(failures, retryAfter));
          if (wished.isAfter(nextProbe)) {
            pause(since, cause, failures, wished);
          } else {
            state = new Paused(since, cause, failures, nextProbe);
          }
        }
      }
      return due();
    } finally {
      lock.unlock();
    }
  }

  private void pause(Instant since, String cause, int failures, Instant nextProbe) {
    state = new Paused(since, cause, failures, nextProbe);
    wakeAt(nextProbe);
  }

  /** An earlier alarm sets the next one itself; otherwise each probe would add one. */
  private void wakeAt(Instant due) {
    Instant now = clock.instant();
    if (alarm == null || !alarm.isAfter(now) || alarm.isAfter(due)) {
      alarm = due;
      alarms.after(Duration.between(now, due), () -> ring(due));
    }
  }

  private void ring(Instant set) {
    lock.lock();
    try {
      if (set.equals(alarm)) {
        alarm = null;
        Duration ahead = Duration.between(clock.instant(), set);
        if (ahead.isPositive()) {
          // The timer counted the time up to it all the same: the clock was set back.
          bringForward(ahead);
        }
        wakeOne();
      }
    } finally {
      lock.unlock();
    }
  }

  private void bringForward(Duration by) {
    state =
        switch (state) {
          case Open() -> state;
          case Paused(var since, var cause, var failures, var nextProbe) ->
              new Paused(since, cause, failures, nextProbe.minus(by));
          case Probing(var since, var cause, var failures, var abandonedAt) ->
              new Probing(since, cause, failures, abandonedAt.minus(by));
        };
  }

  void succeeded() {
    lock.lock();
    try {
      state = new Open();
      mayPass.signalAll();
      idle.accept(this);
    } finally {
      lock.unlock();
    }
  }

  private void wakeOne() {
    Duration early = Duration.between(clock.instant(), due());
    if (early.isPositive()) {
      // The pause was extended, or another one began.
      wakeAt(due());
    } else if (lock.hasWaiters(mayPass)) {
      mayPass.signal();
    } else if (early.plus(IDLE_LIMIT).isPositive()) {
      wakeAt(due().plus(IDLE_LIMIT));
    } else {
      idle.accept(this);
    }
  }

  Instant nextTry() {
    lock.lock();
    try {
      return state instanceof Open ? clock.instant() : due();
    } finally {
      lock.unlock();
    }
  }

  private Instant due() {
    return switch (state) {
      case Open() -> Instant.MIN;
      case Paused(_, _, _, var nextProbe) -> nextProbe;
      case Probing(_, _, _, var abandonedAt) -> abandonedAt;
    };
  }
}
