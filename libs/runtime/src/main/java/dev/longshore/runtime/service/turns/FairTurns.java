package dev.longshore.runtime.service.turns;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Limits concurrency fairly across groups. The next turn goes to the group with the fewest, and a
 * group with none never waits: a registry that hangs delays only its own images. So at most the
 * limit, plus one turn for each further group, are taken.
 */
public final class FairTurns {
  private final int limit;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Integer> taken = new HashMap<>();
  private final Set<Waiter> waiting = new LinkedHashSet<>();
  private int all;

  public FairTurns(int limit) {
    this.limit = limit;
  }

  /** A turn, returned when closed. */
  public interface Turn extends AutoCloseable {
    @Override
    void close();
  }

  private static final class Waiter {
    private final String group;
    private final Condition called;
    private boolean hasTurn;

    Waiter(String group, Condition called) {
      this.group = group;
      this.called = called;
    }
  }

  /** Waits for a turn; within a group, first come, first served. */
  public Turn take(String group) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      Waiter waiter = new Waiter(group, lock.newCondition());
      waiting.add(waiter);
      call();
      await(waiter);
      return () -> giveBack(group);
    } finally {
      lock.unlock();
    }
  }

  private void await(Waiter waiter) throws InterruptedException {
    try {
      while (!waiter.hasTurn) {
        waiter.called.await();
      }
    } catch (InterruptedException e) {
      if (waiter.hasTurn) {
        giveBack(waiter.group);
      } else {
        waiting.remove(waiter);
      }
      throw e;
    }
  }

  private void giveBack(String group) {
    lock.lock();
    try {
      all--;
      taken.computeIfPresent(group, (_, count) -> count == 1 ? null : count - 1);
      call();
    } finally {
      lock.unlock();
    }
  }

  private void call() {
    for (Optional<Waiter> next = next(); next.isPresent(); next = next()) {
      Waiter waiter = next.get();
      waiting.remove(waiter);
      taken.merge(waiter.group, 1, Integer::sum);
      all++;
      waiter.hasTurn = true;
      waiter.called.signal();
    }
  }

  private Optional<Waiter> next() {
    Optional<Waiter> next = Optional.empty();
    int fewest = all < limit ? Integer.MAX_VALUE : 1;
    for (Waiter waiter : waiting) {
      int count = taken.getOrDefault(waiter.group, 0);
      if (count < fewest) {
        fewest = count;
        next = Optional.of(waiter);
      }
    }
    return next;
  }
}
