package dev.longshore.oci.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.oci.RegistryException;
import dev.longshore.oci.RegistryException.Attempt;
import dev.longshore.oci.RegistryException.Kind;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class SingleFlightTest {
  private static final Attempt ATTEMPT = new Attempt("work", "x");

  private final SingleFlight<String, String> flights = new SingleFlight<>();
  private final CountDownLatch started = new CountDownLatch(1);
  private final CountDownLatch gate = new CountDownLatch(1);
  private final AtomicInteger runs = new AtomicInteger();

  private String held(RegistryException failure) throws RegistryException {
    runs.incrementAndGet();
    started.countDown();
    try {
      assertThat(gate.await(10, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw ATTEMPT.interrupted();
    }
    if (failure != null) {
      throw failure;
    }
    return "result";
  }

  @Test
  void whoComesLaterGetsTheFirstOnesFailure() throws Exception {
    RegistryException failure = ATTEMPT.failed(Kind.TRANSIENT, "away");
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var first = threads.submit(() -> flights.run("k", ATTEMPT, () -> held(failure)));
      assertThat(started.await(10, TimeUnit.SECONDS)).isTrue();
      var second = threads.submit(() -> flights.run("k", ATTEMPT, () -> "own"));
      var other = threads.submit(() -> flights.run("other", ATTEMPT, () -> "own"));
      assertThat(other.get(10, TimeUnit.SECONDS)).isEqualTo("own");
      gate.countDown();

      assertThatThrownBy(() -> first.get(10, TimeUnit.SECONDS)).hasCause(failure);
      // It joined the first one, or came after it had ended: never a third outcome.
      try {
        assertThat(second.get(10, TimeUnit.SECONDS)).isEqualTo("own");
      } catch (ExecutionException e) {
        assertThat(e).hasCause(failure);
      }
    }
    assertThat(runs).hasValue(1);
  }

  @Test
  void whoComesAfterAnInterruptedOneDoesTheWorkItself() throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var first = threads.submit(() -> flights.run("k", ATTEMPT, () -> held(null)));
      assertThat(started.await(10, TimeUnit.SECONDS)).isTrue();
      var second = threads.submit(() -> flights.run("k", ATTEMPT, () -> "own"));
      first.cancel(true);

      assertThat(second.get(10, TimeUnit.SECONDS)).isEqualTo("own");
    }
  }

  @Test
  void anUnexpectedErrorHoldsNobody() {
    assertThatThrownBy(
            () ->
                flights.run(
                    "k",
                    ATTEMPT,
                    () -> {
                      throw new IllegalStateException("bug");
                    }))
        .isInstanceOf(IllegalStateException.class);
    gate.countDown();
    RegistryException again = ATTEMPT.failed(Kind.TRANSIENT, "again");
    assertThatThrownBy(() -> flights.run("k", ATTEMPT, () -> held(again))).isSameAs(again);
  }
}
