package dev.longshore.app.query.kafka;

import dev.longshore.runtime.kafka.link.KafkaSettings;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Clients of Kafka that stay open between questions, as opening them takes more than most answers.
 * A question that fails has them opened anew for the next one.
 */
public final class KeptKafka implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(KeptKafka.class);

  private final Function<KafkaSettings, KafkaClients> opening;
  private final Times times;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition ended = lock.newCondition();
  private @Nullable Kept kept;
  private long used;
  private volatile boolean over;

  /**
   * How long clients are kept.
   *
   * @param unused without a question; they take memory
   * @param whole in all: whatever they learned wrongly, of a Kafka that was made anew, ends then
   */
  record Times(Duration unused, Duration whole) {
    static final Times USUAL = new Times(Duration.ofMinutes(1), Duration.ofMinutes(10));
  }

  private record Kept(KafkaSettings kafka, KafkaClients clients, long since) {}

  /** Something to ask Kafka. */
  @FunctionalInterface
  public interface Question<T> {
    /** Fails with a {@code KafkaException}, too. */
    T ask(KafkaClients clients) throws ExecutionException, TimeoutException, InterruptedException;
  }

  public KeptKafka() {
    this(KafkaClients::open, Times.USUAL);
  }

  KeptKafka(Function<KafkaSettings, KafkaClients> opening, Times times) {
    this.opening = opening;
    this.times = times;
  }

  /** Asks, one question after the other. */
  public <T> T ask(KafkaSettings kafka, Question<T> question)
      throws ExecutionException, TimeoutException, InterruptedException {
    lock.lockInterruptibly();
    boolean isAnswered = false;
    try {
      T answer = question.ask(opened(kafka));
      isAnswered = true;
      return answer;
    } finally {
      used = System.nanoTime();
      if (!isAnswered || over) {
        drop();
      }
      lock.unlock();
    }
  }

  private KafkaClients opened(KafkaSettings kafka) {
    Kept last = kept;
    if (last != null && last.kafka().equals(kafka) && !isPast(last.since(), times.whole())) {
      return last.clients();
    }
    drop();
    Kept next = new Kept(kafka, opening.apply(kafka), System.nanoTime());
    kept = next;
    used = System.nanoTime();
    Thread.ofVirtual().name("kept clients of Kafka").start(() -> closeUnused(next));
    return next.clients();
  }

  private void closeUnused(Kept its) {
    lock.lock();
    try {
      while (its.equals(kept)) {
        long left = used + times.unused().toNanos() - System.nanoTime();
        if (left <= 0) {
          drop();
        } else {
          long _ = ended.awaitNanos(left);
        }
      }
    } catch (InterruptedException e) {
      LOG.debug("clients of Kafka stay open until they are closed", e);
    } finally {
      lock.unlock();
    }
  }

  private static boolean isPast(long since, Duration time) {
    return System.nanoTime() - since > time.toNanos();
  }

  private void drop() {
    Kept last = kept;
    kept = null;
    ended.signalAll();
    if (last != null) {
      last.clients().close();
    }
  }

  /** Closes them; those of a question under way once it is over. */
  @Override
  public void close() {
    over = true;
    if (lock.tryLock()) {
      try {
        drop();
      } finally {
        lock.unlock();
      }
    }
  }
}
