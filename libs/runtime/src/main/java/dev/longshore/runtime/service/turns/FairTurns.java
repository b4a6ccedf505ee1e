package dev.longshore.runtime.service.turns;

import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Limits concurrency fairly across groups, and across the shares of each group. The next turn goes
 * to the group with the fewest, and there to the share with the fewest. A group with none never
 * waits: a registry that hangs delays only its own images. So at most the limit, plus one turn for
 * each further group, are taken.
 */
public final class FairTurns {
  private final int limit;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Integer> ofGroups = new HashMap<>();
  private final Map<Place, Integer> ofShares = new HashMap<>();
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

  private record Place(String group, FairShare share) {}

  private static final class Waiter {
    private final Place place;
    private final Condition called;
    private final Instant since = Instant.now();
    private boolean hasTurn;

    Waiter(Place place, Condition called) {
      this.place = place;
      this.called = called;
    }
  }

  /** Waits for a turn; within a share, first come, first served. */
  public Turn take(String group, FairShare share) throws InterruptedException {
    Place place = new Place(group, share);
    lock.lockInterruptibly();
    try {
      Waiter waiter = new Waiter(place, lock.newCondition());
      waiting.add(waiter);
      call();
      await(waiter);
      return () -> giveBack(place);
    } finally {
      lock.unlock();
    }
  }

  /** Since when the oldest caller has waited; backfill, which is to wait, does not count. */
  public Optional<Instant> waitingSince() {
    lock.lock();
    try {
      return waiting.stream()
          .filter(waiter -> !waiter.place.share.equals(FairShare.BACKFILL))
          .findFirst()
          .map(waiter -> waiter.since);
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
        giveBack(waiter.place);
      } else {
        waiting.remove(waiter);
      }
      throw e;
    }
  }

  private void giveBack(Place place) {
    lock.lock();
    try {
      all--;
      ofGroups.computeIfPresent(place.group, (_, count) -> count == 1 ? null : count - 1);
      ofShares.computeIfPresent(place, (_, count) -> count == 1 ? null : count - 1);
      call();
    } finally {
      lock.unlock();
    }
  }

  private void call() {
    for (Optional<Waiter> next = next(); next.isPresent(); next = next()) {
      Waiter waiter = next.get();
      waiting.remove(waiter);
      ofGroups.merge(waiter.place.group, 1, Integer::sum);
      ofShares.merge(waiter.place, 1, Integer::sum);
      all++;
      waiter.hasTurn = true;
      waiter.called.signal();
    }
  }

  private Optional<Waiter> next() {
    Optional<Waiter> next = Optional.empty();
    int fewest = all < limit ? Integer.MAX_VALUE : 1;
    int fewestOfShare = Integer.MAX_VALUE;
    for (Waiter waiter : waiting) {
      int ofGroup = ofGroups.getOrDefault(waiter.place.group, 0);
      int ofShare = ofShares.getOrDefault(waiter.place, 0);
      boolean before = ofGroup < fewest || (ofGroup == fewest && ofShare < fewestOfShare);
      boolean mayBeAny = ofGroup < fewest || next.isPresent();
      if (before && mayBeAny && ofShare < waiter.place.share.most(limit)) {
        fewest = ofGroup;
        fewestOfShare = ofShare;
        next = Optional.of(waiter);
      }
    }
    return next;
  }
}
