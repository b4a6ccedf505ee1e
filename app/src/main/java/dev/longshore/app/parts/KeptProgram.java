package dev.longshore.app.parts;

import dev.longshore.programs.Program;
import dev.longshore.programs.RunningProgram;
import dev.longshore.runtime.service.lifecycle.Part;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A program that is started again whenever it ends by itself, after pauses that grow. */
public final class KeptProgram implements Part {
  private static final Logger LOG = LoggerFactory.getLogger(KeptProgram.class);

  /** Time for it to end after SIGTERM, even if running work gets none. */
  private static final Duration TERMINATION = Duration.ofSeconds(5);

  private final String name;
  private final Preparation preparation;
  private final Pauses pauses;
  private final CountDownLatch ending = new CountDownLatch(1);
  private volatile @Nullable RunningProgram running;
  private volatile @Nullable String trouble;
  private volatile @Nullable Thread keeper;
  private long failures;
  private long startedAt;

  /** Looks whether it can start, and says how. */
  @FunctionalInterface
  public interface Preparation {
    Program prepare() throws IOException, PartFailedException, InterruptedException;
  }

  /**
   * Pauses before it is started again.
   *
   * @param first the first one, which is doubled at each failure
   * @param longest the longest one
   * @param calm how long it has to run for its failures to be forgotten
   */
  record Pauses(Duration first, Duration longest, Duration calm) {
    static final Pauses USUAL =
        new Pauses(Duration.ofSeconds(1), Duration.ofMinutes(1), Duration.ofMinutes(5));

    Duration after(long failures) {
      Duration pause = first.multipliedBy(1L << Math.min(failures, 20));
      return pause.compareTo(longest) < 0 ? pause : longest;
    }
  }

  public KeptProgram(String name, Preparation preparation) {
    this(name, preparation, Pauses.USUAL);
  }

  KeptProgram(String name, Preparation preparation, Pauses pauses) {
    this.name = name;
    this.preparation = preparation;
    this.pauses = pauses;
  }

  @Override
  public String name() {
    return name;
  }

  /** Fails if it cannot be started the first time: somebody is there to read why. */
  @Override
  public void start() throws PartFailedException, InterruptedException {
    run();
  }

  /** Why it does not run; empty if it does. */
  public Optional<String> trouble() {
    return Optional.ofNullable(trouble);
  }

  /** The program, while it runs. */
  @Nullable RunningProgram running() {
    return running;
  }

  private synchronized void run() throws PartFailedException, InterruptedException {
    try {
      RunningProgram started = preparation.prepare().start();
      running = started;
      startedAt = System.nanoTime();
      trouble = null;
      started.onDeath(this::died);
    } catch (IOException e) {
      throw new PartFailedException(name + ": " + e.getMessage(), e);
    }
  }

  private synchronized void died(String sentence) {
    running = null;
    trouble = sentence;
    if (System.nanoTime() - startedAt > pauses.calm().toNanos()) {
      failures = 0;
    }
    if (ending.getCount() > 0) {
      keeper = Thread.ofVirtual().name("keeps " + name).start(() -> again(sentence));
    }
  }

  private void again(String first) {
    String why = first;
    try {
      while (true) {
        Duration pause = pauses.after(failures++);
        LOG.error("{}; it is started again in {}", why, pause);
        if (ending.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
          return;
        }
        try {
          run();
          LOG.info("{} runs again", name);
          return;
        } catch (PartFailedException e) {
          why = String.valueOf(e.getMessage());
          trouble = why;
        } catch (RuntimeException | Error e) { // The next try must come whatever this one met.
          LOG.error("{} could not be started", name, e);
          why = name + ": " + e;
          trouble = why;
        }
      }
    } catch (InterruptedException e) {
      LOG.debug("{}: not started again, as it is to end", name, e);
    }
  }

  @Override
  public void stop(Duration drain) throws InterruptedException {
    ending.countDown();
    Thread starting = keeper;
    if (starting != null) {
      starting.interrupt();
      starting.join();
    }
    RunningProgram last = running;
    if (last != null) {
      last.stop(drain.compareTo(TERMINATION) > 0 ? drain : TERMINATION);
      running = null;
    }
  }
}
