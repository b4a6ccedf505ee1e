package dev.longshore.app.ops;

import dev.longshore.app.query.find.QueryException;
import dev.longshore.runtime.kafka.link.KafkaFailure;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A figure that takes time to find out, for all who look: found out anew at most so often, and only
 * while somebody looks.
 */
final class Refreshed<T> {
  /** Of what is reckoned, so that it takes a tenth of a processor at most. */
  static final int RESTS = 9;

  private static final Logger LOG = LoggerFactory.getLogger(Refreshed.class);

  private final String what;
  private final Duration pause;
  private final int rests;
  private final Work<T> work;
  private final InstantSource clock;
  private final Runnable onChange;
  private @Nullable T value;
  private @Nullable Instant at;
  private @Nullable Instant begun;
  private @Nullable String problem;
  private boolean running;
  private boolean expired;
  private @Nullable Instant hastened;
  private Duration took = Duration.ZERO;

  /** Finds it out. */
  @FunctionalInterface
  interface Work<T> {
    T run() throws QueryException, InterruptedException;
  }

  /**
   * What is known.
   *
   * @param value as of then; none if it was never found out
   * @param at when
   * @param problem why it is no newer; null if it is as new as it should be
   */
  record Measured<T>(Optional<T> value, @Nullable Instant at, @Nullable String problem) {}

  /**
   * @param what for errors
   * @param pause between two times, from begin to begin
   * @param rests it rests for so many times as long as it took, if that is longer
   * @param onChange told when another value or problem was found
   */
  Refreshed(
      String what,
      Duration pause,
      int rests,
      Work<T> work,
      InstantSource clock,
      Runnable onChange) {
    this.what = what;
    this.pause = pause;
    this.rests = rests;
    this.work = work;
    this.clock = clock;
    this.onChange = onChange;
  }

  /**
   * What is known now; has it found out anew if it is older than the pause.
   *
   * @param first how long to wait for the first value
   * @param newer how long to wait for a newer one, if it is time for that
   */
  synchronized Measured<T> now(Duration first, Duration newer) throws InterruptedException {
    Instant now = clock.instant();
    boolean isTime = isOver(begun, now, rests);
    if (!running && (isTime || (expired && isOver(hastened, now, RESTS)))) {
      running = true;
      expired = false;
      begun = now;
      hastened = isTime ? hastened : now;
      // Some keep a processor busy for a second: virtual ones would leave none to who waits less.
      Thread.ofPlatform().daemon().name("page " + what).start(this::find);
    }
    long from = System.nanoTime();
    while (running) {
      Duration wait = value == null && problem == null ? first : newer;
      long left = (from + wait.toNanos() - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        break;
      }
      wait(left);
    }
    return new Measured<>(Optional.ofNullable(value), at, problem);
  }

  /** Whether it has rested since then for so many times as long as it took. */
  private boolean isOver(@Nullable Instant since, Instant now, int times) {
    Duration rest = took.multipliedBy(1 + times);
    return since == null || !now.isBefore(since.plus(rest.compareTo(pause) < 0 ? pause : rest));
  }

  /**
   * Has it found out anew at the next look, whenever it was last. Of many in a row all but the
   * first wait until that takes a tenth of a processor at most.
   */
  synchronized void expire() {
    expired = true;
  }

  private void find() {
    T found = null;
    String failed = null;
    try {
      found = work.run();
    } catch (InterruptedException e) {
      failed = what + ": the process stops";
    } catch (QueryException e) {
      failed = what + ": " + e.getMessage();
    } catch (KafkaException e) {
      failed = what + ": " + KafkaFailure.words(e);
    } catch (RuntimeException | Error e) { // Nobody else would find it out again.
      LOG.error("{} could not be found out", what, e);
      failed = what + ": " + e;
    }
    if (keep(found, failed)) {
      onChange.run();
    }
  }

  private synchronized boolean keep(@Nullable T found, @Nullable String failed) {
    // Who looked while it was found out is to look again.
    boolean changed =
        expired || !Objects.equals(failed, problem) || (found != null && !found.equals(value));
    if (found != null) {
      value = found;
      at = clock.instant();
    }
    problem = failed;
    took = begun == null ? Duration.ZERO : Duration.between(begun, clock.instant());
    running = false;
    notifyAll();
    return changed;
  }
}
