package dev.longshore.app.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.RepeatedTest;

final class IdleTimeTest {
  private static final int THREADS = 100;
  private static final int TURNS = 5;

  private final IdleTime time = new IdleTime(Instant.EPOCH);
  private final Object monitor = new Object();

  @RepeatedTest(20)
  void noTimePassesWhileVirtualThreadsTakeTurnsInAMonitor() {
    AtomicInteger atWork = new AtomicInteger(THREADS);
    for (int i = 0; i < THREADS; i++) {
      Thread.ofVirtual().start(() -> takeTurns(atWork));
    }

    time.settle();

    assertThat(atWork).as("threads still at work").hasValue(0);
  }

  /** Who yields within the monitor has the others run into it. */
  @SuppressWarnings("ThreadPriorityCheck")
  private void takeTurns(AtomicInteger atWork) {
    for (int i = 0; i < TURNS; i++) {
      synchronized (monitor) {
        Thread.yield();
      }
    }
    atWork.decrementAndGet();
  }
}
