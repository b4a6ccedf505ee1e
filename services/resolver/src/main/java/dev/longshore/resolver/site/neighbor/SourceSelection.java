package dev.longshore.resolver.site.neighbor;

import dev.longshore.sites.DagPresence.State;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** The source of one image DAG during its fetch: a neighbor, the next one, the hub. */
final class SourceSelection {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition chosen = lock.newCondition();
  private final Deque<Candidate> candidates = new ArrayDeque<>();
  private Phase phase = Phase.NEW;

  private enum Phase {
    NEW,
    /** Somebody asks the neighbors now. */
    ASKING,
    /** The same, once more: whoever relies on this node would wait for those that it waits for. */
    ASKING_AGAIN,
    CHOSEN
  }

  /**
   * A neighbor that may give it.
   *
   * @param state what it said of itself
   */
  record Candidate(InetSocketAddress address, String node, State state) {}

  /** Finds who may give it. */
  @FunctionalInterface
  interface Asking {
    List<Candidate> ask() throws InterruptedException;
  }

  /**
   * Where it is taken from now; the hub if empty.
   *
   * @param within longest time for which the neighbors' word is waited for
   */
  Optional<Candidate> source(Asking asking, Duration within) throws InterruptedException {
    long left = within.toNanos();
    lock.lockInterruptibly();
    try {
      if (phase == Phase.NEW) {
        phase = Phase.ASKING;
        // Not on this thread: it goes to the hub at once if a neighbor comes to rely on it.
        Thread.ofVirtual().name("choosing").start(() -> choose(asking));
      }
      while ((phase == Phase.ASKING || phase == Phase.ASKING_AGAIN) && left > 0) {
        left = chosen.awaitNanos(left);
      }
      return phase == Phase.CHOSEN ? Optional.ofNullable(candidates.peek()) : Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  /** The neighbors are asked once more what they have; until then nobody is asked for it. */
  void again(Asking asking) {
    lock.lock();
    try {
      candidates.clear();
      phase = Phase.ASKING_AGAIN;
    } finally {
      lock.unlock();
    }
    Thread.ofVirtual().name("choosing").start(() -> choose(asking));
  }

  private void choose(Asking asking) {
    List<Candidate> found = List.of();
    try {
      found = asking.ask();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      decide(found);
    }
  }

  private void decide(List<Candidate> found) {
    lock.lock();
    try {
      // Unless a neighbor asked meanwhile, and relies on this node.
      if (phase == Phase.ASKING || phase == Phase.ASKING_AGAIN) {
        phase = Phase.CHOSEN;
        candidates.addAll(found);
      }
      chosen.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Whether it is taken from the hub, also from now on: a neighbor waits for it. Where a node takes
   * it from a neighbor itself, nobody waits for that node, so no two wait for each other.
   */
  boolean isAlone() {
    lock.lock();
    try {
      if (phase == Phase.ASKING_AGAIN) {
        return false;
      }
      if (phase != Phase.CHOSEN) {
        phase = Phase.CHOSEN;
        chosen.signalAll();
      }
      return candidates.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  /** Whether a neighbor may still give it. */
  boolean hasCandidates() {
    lock.lock();
    try {
      return !candidates.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  /** Whether it comes from the hub now. */
  boolean isFromHub() {
    lock.lock();
    try {
      return phase == Phase.CHOSEN && candidates.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  /** That one does not give it; returns it, and the hub's failure is none of a neighbor. */
  Optional<Candidate> failed() {
    lock.lock();
    try {
      Optional<Candidate> last = Optional.ofNullable(candidates.poll());
      if (last.isEmpty()) {
        // Asked anew: a neighbor may have a way to the hub that this node has not.
        phase = Phase.NEW;
      }
      return last;
    } finally {
      lock.unlock();
    }
  }
}
