package dev.longshore.runtime.service.health;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Asks all parts in parallel, and reports their answers. */
public final class Health {
  /** Age up to which answers are reused, so that many requests do not load the parts. */
  static final Duration FRESH = Duration.ofSeconds(1);

  private final List<WatchedPart> parts = new CopyOnWriteArrayList<>();
  private final ReentrantLock asking = new ReentrantLock();
  private final Clock clock;
  private volatile @Nullable HealthReport last;

  public Health(Clock clock) {
    this.clock = clock;
  }

  /**
   * Adds a part.
   *
   * @param deadline for one answer; no answer counts as failure
   */
  public void watch(String part, Duration deadline, HealthCheck check) {
    parts.add(new WatchedPart(part, deadline, check, clock));
    last = null;
  }

  /** The parts' answers from now, or from less than a second ago. */
  public HealthReport report() throws InterruptedException {
    asking.lockInterruptibly();
    try {
      Instant now = clock.instant();
      HealthReport known = last;
      if (known != null && Duration.between(known.asked(), now).compareTo(FRESH) < 0) {
        return known;
      }
      for (WatchedPart part : parts) {
        part.ask();
      }
      List<PartHealth> answers = new ArrayList<>();
      for (WatchedPart part : parts) {
        answers.add(part.answer());
      }
      HealthReport report = new HealthReport(now, answers);
      last = report;
      return report;
    } finally {
      asking.unlock();
    }
  }
}
