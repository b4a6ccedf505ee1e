package dev.longshore.runtime.kafka.follow;

import dev.longshore.catalog.Partition;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Asks Kafka for the ends of topics at an interval, while their reader reads on. Used by one
 * thread.
 */
final class EndProbe {
  private final Admin admin;
  private final FollowedTopics topics;
  private final Clock clock;
  private final Duration every;

  private @Nullable Future<EndLook> asked;
  private long askedAtNanos;

  /**
   * Creates a probe that asks at its first use.
   *
   * @param every interval of questions: each names every partition
   */
  EndProbe(Admin admin, FollowedTopics topics, Clock clock, Duration every) {
    this.admin = admin;
    this.topics = topics;
    this.clock = clock;
    this.every = every;
    this.askedAtNanos = System.nanoTime() - every.toNanos();
  }

  /** Asks, and waits for the answer. */
  EndLook now(Map<Partition, Long> known) throws InterruptedException {
    return get(topics.look(admin, clock.instant(), known));
  }

  /** Offsets from which each partition can still be read. */
  Map<Partition, Long> earliest() throws InterruptedException {
    return get(topics.earliest(admin));
  }

  /**
   * Adds an answer that arrived since the last call, and asks again when it is time.
   *
   * @param known the reader's position in each partition
   */
  void addTo(EndTargets targets, Supplier<Map<Partition, Long>> known) throws InterruptedException {
    if (asked != null && asked.isDone()) {
      Future<EndLook> answered = asked;
      asked = null;
      var _ = targets.add(get(answered));
    }
    if (asked == null && System.nanoTime() - askedAtNanos >= every.toNanos()) {
      askedAtNanos = System.nanoTime();
      asked = topics.look(admin, clock.instant(), known.get());
    }
  }

  /** Kafka's answer; the clients' own deadlines bound the wait. */
  private static <T> T get(Future<T> future) throws InterruptedException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof KafkaException cause) {
        throw cause;
      }
      throw new TimeoutException("asking Kafka: " + e.getCause(), e);
    }
  }
}
