package dev.longshore.runtime.kafka;

import dev.longshore.events.Topic;
import dev.longshore.runtime.kafka.dispatch.Workers;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import org.apache.kafka.common.TopicPartition;

/** A partition while it is assigned to this process. */
final class Assigned {
  private final TopicPartition partition;
  private final Topic topic;
  private final Ledger ledger;
  private final Turns turns;
  private final Workers workers = new Workers();
  private final Unread unread;
  private volatile boolean ready;
  private volatile boolean gone;

  Assigned(TopicPartition partition, Topic topic, Ledger ledger, Instant now) {
    this.partition = partition;
    this.topic = topic;
    this.ledger = ledger;
    this.unread = new Unread(now);
    this.turns =
        new Turns(
            ledger,
            topic == Topic.RETRY ? Turns.Limits.OF_AN_ENDPOINT : Turns.Limits.OF_A_KEY,
            System.nanoTime());
  }

  TopicPartition partition() {
    return partition;
  }

  Topic topic() {
    return topic;
  }

  Ledger ledger() {
    return ledger;
  }

  /** The turns of its records. */
  Turns turns() {
    return turns;
  }

  /** Whether reading must pause until something ends. */
  boolean isFull() {
    return ledger.isFull(turns.look());
  }

  /** Its unread records. */
  Unread unread() {
    return unread;
  }

  Workers workers() {
    return workers;
  }

  /** Whether this process knows everything committed before it got the partition. */
  boolean isReady() {
    return ready;
  }

  void makeReady() {
    ready = true;
  }

  /** Whether the partition was revoked: this process no longer commits work that ends now. */
  boolean isGone() {
    return gone;
  }

  /** Discards running work: another process may already have the partition. */
  void lose() {
    gone = true;
    workers.close();
  }

  /**
   * Lets running work end within the limits and be committed, and discards the rest.
   *
   * @param toEnd for work to end by itself
   * @param toStop for interrupted work to stop
   */
  static void release(Collection<Assigned> partitions, Duration toEnd, Duration toStop) {
    partitions.forEach(assigned -> assigned.workers.drain());
    boolean interrupted = !awaitNone(partitions, toEnd);
    partitions.forEach(assigned -> assigned.workers.close());
    interrupted |= !awaitNone(partitions, toStop);
    partitions.forEach(Assigned::lose);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static boolean awaitNone(Collection<Assigned> partitions, Duration limit) {
    long end = System.nanoTime() + limit.toNanos();
    try {
      for (Assigned assigned : partitions) {
        assigned.workers.awaitNone(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
      }
      return true;
    } catch (InterruptedException e) {
      return false;
    }
  }
}
