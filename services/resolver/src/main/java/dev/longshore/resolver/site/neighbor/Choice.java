package dev.longshore.resolver.site.neighbor;

import dev.longshore.sites.Presence.State;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** From where one image DAG is taken while it is fetched: a neighbor, the next one, the hub. */
final class Choice {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition chosen = lock.newCondition();
  private final Deque<Candidate> left = new ArrayDeque<>();
  private Phase phase = Phase.NEW;

  private enum Phase {
    NEW,
    /** Somebody asks the neighbors now. */
    ASKING,
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

  /** Where it is taken from now; the hub if empty. */
  Optional<Candidate> source(Asking asking) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (phase == Phase.ASKING) {
        chosen.await();
      }
      if (phase == Phase.CHOSEN) {
        return Optional.ofNullable(left.peek());
      }
      phase = Phase.ASKING;
    } finally {
      lock.unlock();
    }
    List<Candidate> found = List.of();
    try {
      found = asking.ask();
    } finally {
      decide(found);
    }
    return current();
  }

  private void decide(List<Candidate> found) {
    lock.lock();
    try {
      // Unless a neighbor asked meanwhile, and relies on this node.
      if (phase == Phase.ASKING) {
        phase = Phase.CHOSEN;
        left.addAll(found);
      }
      chosen.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private Optional<Candidate> current() {
    lock.lock();
    try {
      return Optional.ofNullable(left.peek());
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
      if (phase != Phase.CHOSEN) {
        phase = Phase.CHOSEN;
        chosen.signalAll();
      }
      return left.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  /** Whether it comes from the hub now. */
  boolean isFromHub() {
    lock.lock();
    try {
      return phase == Phase.CHOSEN && left.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  /** That one does not give it; returns it, and the hub's failure is none of a neighbor. */
  Optional<Candidate> failed() {
    lock.lock();
    try {
      Optional<Candidate> last = Optional.ofNullable(left.poll());
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
