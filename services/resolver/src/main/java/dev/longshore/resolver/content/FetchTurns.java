package dev.longshore.resolver.content;

import dev.longshore.runtime.edge.access.CallerPlaces;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A limited number of concurrent turns to fetch; no caller may hold all. The caller with the fewest
 * comes first. A turn is for fetching: a fetch that rests because its client reads nothing loses it
 * to the next waiter, and continues when there is room again.
 */
final class FetchTurns {
  /**
   * A turn that has rested for this long may be taken away. A client that reads 256 KiB a second
   * keeps its turn; a slower one keeps it while nobody waits.
   */
  static final Duration REST = Duration.ofSeconds(1);

  /**
   * Limit of waiting fetches for one caller: more than a listener lets it request at once, so that
   * only a caller that asks and leaves reaches it.
   */
  private static final int WAITING_FOR_EACH = 256;

  /**
   * First fetches that are already open; then those whose callers have the fewest turns; then in
   * order of arrival.
   */
  private static final Comparator<Turn> FIRST =
      Comparator.comparing((Turn turn) -> !turn.begun).thenComparingInt(Turn::fewest);

  private final LongSupplier nanos;
  private final int limit;
  private final long patienceNanos;
  private final long restNanos;
  private final ReentrantLock lock = new ReentrantLock();
  private final CallerPlaces shares;
  private final Set<Turn> open = new LinkedHashSet<>();

  /**
   * @param limit concurrent turns
   * @param patience longest wait for a turn
   * @param rest time of rest after which a turn may be taken away
   */
  FetchTurns(int limit, Duration patience, Duration rest) {
    this(limit, patience, rest, System::nanoTime);
  }

  FetchTurns(int limit, Duration patience, Duration rest, LongSupplier nanos) {
    this.nanos = nanos;
    this.limit = limit;
    this.patienceNanos = patience.toNanos();
    this.restNanos = rest.toNanos();
    this.shares = new CallerPlaces(limit);
  }

  /**
   * Queues for a turn; close it in the end.
   *
   * @throws UnavailableException when too many already wait for this caller
   */
  Turn ask(LocatedContent content, String caller) throws UnavailableException {
    lock.lock();
    try {
      long waiting = open.stream().filter(turn -> turn.waitsFor(caller)).count();
      if (waiting >= WAITING_FOR_EACH) {
        throw ContentFailures.busy(content, limit);
      }
      Turn turn = new Turn(content, caller);
      open.add(turn);
      serve();
      return turn;
    } finally {
      lock.unlock();
    }
  }

  private void serve() {
    boolean served = true;
    while (served) {
      List<Turn> rested = open.stream().filter(Turn::hasRested).sorted(longestFirst()).toList();
      served =
          open.stream()
              .filter(turn -> turn.state == State.WAITING)
              .sorted(FIRST)
              .anyMatch(turn -> turn.take() || turn.takeOneOf(rested));
    }
  }

  private Comparator<Turn> longestFirst() {
    long now = nanos.getAsLong();
    return Comparator.comparingLong(turn -> turn.restsSince - now);
  }

  private enum State {
    WAITING,
    FETCHING,
    RESTING,
    /** Neither holds a turn nor waits for one. */
    OUT
  }

  /** One fetch: WAITING -> FETCHING <-> RESTING -> OUT -> WAITING, and OUT from all. */
  final class Turn implements AutoCloseable {
    private final LocatedContent content;
    private final Set<String> callers = new HashSet<>();
    private final Condition served = lock.newCondition();
    private State state = State.WAITING;
    private boolean begun;

    /**
     * Once it has lost its turn, it returns it at each rest; otherwise many slow fetches would hold
     * all.
     */
    private boolean slow;

    private long restsSince;
    private @Nullable String charged;

    private Turn(LocatedContent content, String caller) {
      this.content = content;
      this.callers.add(caller);
    }

    /** Another caller wants the same blob, and may have more of its share left. */
    void join(String caller) {
      lock.lock();
      try {
        callers.add(caller);
        serve();
      } finally {
        lock.unlock();
      }
    }

    /**
     * Returns when it may fetch; at once if it already has a turn.
     *
     * @throws UnavailableException when that takes too long
     */
    void await() throws UnavailableException, InterruptedException {
      lock.lockInterruptibly();
      try {
        if (state == State.RESTING) {
          state = State.FETCHING;
        } else if (state == State.OUT) {
          state = State.WAITING;
          serve();
        }
        long end = nanos.getAsLong() + patienceNanos;
        while (state == State.WAITING) {
          long left = end - nanos.getAsLong();
          if (left <= 0) {
            throw ContentFailures.busy(content, limit);
          }
          // A resting fetch does not signal when its rest has lasted too long.
          long _ = served.awaitNanos(Math.min(left, restNanos));
          serve();
        }
      } finally {
        if (state == State.WAITING) {
          state = State.OUT;
        }
        lock.unlock();
      }
    }

    /** It fetches nothing until it awaits its turn again. */
    void rest() {
      lock.lock();
      try {
        if (state == State.FETCHING && slow) {
          lose();
          serve();
        } else if (state == State.FETCHING) {
          state = State.RESTING;
          restsSince = nanos.getAsLong();
        }
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void close() {
      lock.lock();
      try {
        lose();
        open.remove(this);
        serve();
      } finally {
        lock.unlock();
      }
    }

    private boolean waitsFor(String caller) {
      return state == State.WAITING && callers.contains(caller);
    }

    private int fewest() {
      return callers.stream().mapToInt(shares::of).min().orElseThrow();
    }

    private boolean take() {
      String payer = callers.stream().min(Comparator.comparingInt(shares::of)).orElseThrow();
      if (!shares.take(payer)) {
        return false;
      }
      charged = payer;
      state = State.FETCHING;
      begun = true;
      served.signal();
      return true;
    }

    /** A caller below its share may take any resting turn; others only their own. */
    private boolean takeOneOf(List<Turn> rested) {
      boolean any = fewest() < CallerPlaces.ofEach(limit);
      Optional<Turn> given =
          rested.stream().filter(turn -> any || callers.contains(turn.charged)).findFirst();
      if (given.isEmpty()) {
        return false;
      }
      given.get().slow = true;
      given.get().lose();
      return take();
    }

    private boolean hasRested() {
      return state == State.RESTING && nanos.getAsLong() - restsSince >= restNanos;
    }

    private void lose() {
      if (charged != null) {
        shares.giveBack(charged);
        charged = null;
      }
      state = State.OUT;
    }
  }
}
