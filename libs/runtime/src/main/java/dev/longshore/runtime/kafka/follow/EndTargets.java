package dev.longshore.runtime.kafka.follow;

import dev.longshore.catalog.Partition;
import dev.longshore.events.Topic;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;

/** Ends of all partitions at some instants, until the follower has reached them. */
final class EndTargets {
  private final ReentrantLock lock = new ReentrantLock();
  private final List<Target> waiting = new ArrayList<>();

  private record Target(EndLook look, CompletableFuture<Instant> reached) {}

  /** Targets found reached by one check. */
  record Reached(Instant askedAt, List<CompletableFuture<Instant>> futures) {
    void complete() {
      futures.forEach(f -> f.complete(askedAt));
    }
  }

  /**
   * Adds Kafka's answer as a target.
   *
   * @return completed once it is reached, exceptionally if it never will be
   */
  CompletableFuture<Instant> add(EndLook look) {
    CompletableFuture<Instant> reached = new CompletableFuture<>();
    lock.lock();
    try {
      waiting.add(new Target(look, reached));
    } finally {
      lock.unlock();
    }
    return reached;
  }

  /** Whether somebody waits. */
  boolean areAny() {
    lock.lock();
    try {
      return !waiting.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  /** Why one of the targets belongs to other topics than these; empty if none does. */
  Optional<String> otherThan(Map<Topic, String> ids) {
    lock.lock();
    try {
      return waiting.stream().flatMap(t -> t.look().otherThan(ids).stream()).findFirst();
    } finally {
      lock.unlock();
    }
  }

  /** Removes and returns the targets that the positions have reached; empty if there are none. */
  Optional<Reached> reach(Map<Partition, Long> positions) {
    List<CompletableFuture<Instant>> futures = new ArrayList<>();
    Instant latest = Instant.MIN;
    lock.lock();
    try {
      for (Iterator<Target> i = waiting.iterator(); i.hasNext(); ) {
        Target target = i.next();
        if (behind(positions, target.look().ends()).isEmpty()) {
          i.remove();
          futures.add(target.reached());
          Instant askedAt = target.look().askedAt();
          latest = askedAt.isAfter(latest) ? askedAt : latest;
        }
      }
    } finally {
      lock.unlock();
    }
    return futures.isEmpty() ? Optional.empty() : Optional.of(new Reached(latest, futures));
  }

  /** Fails all targets: the positions to compare them with are gone. */
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

  /** The most records that each partition can lack. */
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
