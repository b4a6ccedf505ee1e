package dev.longshore.resolver.hub;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class WaitingCallsTest {
  private static final Duration LONG = Duration.ofMinutes(10);

  private static FutureTask<Void> waiting(WaitingCalls calls, BooleanSupplier isOver) {
    FutureTask<Void> waiting =
        new FutureTask<>(
            () -> {
              calls.await(new ChangeSignals.Signal(), 0, LONG, isOver);
              return null;
            });
    Thread.ofVirtual().start(waiting);
    return waiting;
  }

  /** Sites that are shut out would be told of changes until a restart. */
  @Test
  void anErrorAtOneRequestLeavesNoOtherUnlookedAfter() throws Exception {
    AtomicInteger failures = new AtomicInteger();
    try (WaitingCalls calls = new WaitingCalls(Duration.ofMillis(5))) {
      FutureTask<Void> failing =
          waiting(
              calls,
              () -> {
                if (failures.incrementAndGet() > 2) {
                  return true;
                }
                throw new NoSuchMethodError("of a jar that was exchanged");
              });
      FutureTask<Void> shutOut = waiting(calls, () -> failures.get() > 0);

      shutOut.get(20, TimeUnit.SECONDS);
      failing.get(20, TimeUnit.SECONDS);
    }
    assertThat(failures.get()).isGreaterThan(2);
  }
}
