package dev.longshore.catalog;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;

/** Ends of all partitions as they were at some instants, until the follower has reached them. */
final class EndTargets {
  private final ReentrantLock lock = new ReentrantLock();
  private final List<Target> waiting = new ArrayList<>();

  private record Target(
      Instant askedAt, Map<Partition, Long> ends, CompletableFuture<Instant> reached) {}

  /** The targets that one look found reached. */
  record Reached(Instant askedAt, List<CompletableFuture<Instant>> futures) {
    void complete() {
      futures.forEach(f -> f.complete(askedAt));
    }
  }

  /**
   * Adds ends that were asked for at the instant.
   *
   * @return completed once they are reached, exceptionally if they never will be
   */
  CompletableFuture<Instant> add(Instant askedAt, Map<Partition, Long> ends) {
    CompletableFuture<Instant> reached = new CompletableFuture<>();
    lock.lock();
    try {
      waiting.add(new Target(askedAt, ends, reached));
    } finally {
      lock.unlock();
    }
    return reached;
  }

  /** Takes out the targets that the positions have reached; none if there is no such target. */
  Optional<Reached> reach(Map<Partition, Long> positions) {
    List<CompletableFuture<Instant>> futures = new ArrayList<>();
    Instant latest = Instant.MIN;
    lock.lock();
    try {
      for (Iterator<Target> i = waiting.iterator(); i.hasNext(); ) {
        Target target = i.next();
        if (behind(positions, target.ends()).isEmpty()) {
          i.remove();
          futures.add(target.reached());
          latest = target.askedAt().isAfter(latest) ? target.askedAt() : latest;
        }
      }
    } finally {
      lock.unlock();
    }
    return futures.isEmpty() ? Optional.empty() : Optional.of(new Reached(latest, futures));
  }

  /** Gives up all targets: the positions that they were to be compared with are no more. */
  void drop(RuntimeException why) {
    List<Target> dropped;
    lock.lock();
    try {
      dropped = List.copyOf(waiting);
      waiting.clear();
    } finally {
      lock.unlock();
    }
    dropped.forEach(t -> t.reached().completeExceptionally(why));
  }

  /** How many records, at most, each partition lacks. */
  static Map<Partition, Long> behind(Map<Partition, Long> positions, Map<Partition, Long> ends) {
    Map<Partition, Long> behind = new HashMap<>();
    ends.forEach(
        (partition, end) -> {
          long missing = end - positions.getOrDefault(partition, 0L);
          if (missing > 0) {
            behind.put(partition, missing);
          }
        });
    return behind;
  }
}
