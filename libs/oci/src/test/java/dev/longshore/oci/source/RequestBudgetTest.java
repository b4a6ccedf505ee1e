package dev.longshore.oci.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.oci.RegistryException;
import dev.longshore.oci.RegistryException.Attempt;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.Test;

class RequestBudgetTest {
  private static final Attempt ATTEMPT = new Attempt("HEAD manifest", "registry.example/app:1");

  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
  private final RequestBudget budget =
      new RequestBudget(50, nanos::get, time -> nanos.addAndGet(time.toNanos()));

  @Test
  void noSecondHasMoreRequestsThanAllowedHoweverManyThreadsAsk() throws Exception {
    var sent = new ConcurrentLinkedQueue<Long>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int thread = 0; thread < 8; thread++) {
        var _ =
            threads.submit(
                () -> {
                  for (int i = 0; i < 50; i++) {
                    budget.take(ATTEMPT);
                    sent.add(nanos.get());
                  }
                  return null;
                });
      }
    }

    List<Long> times = new ArrayList<>(sent);
    times.sort((a, b) -> Long.signum(a - b));
    assertThat(times).hasSize(400);
    for (int i = 50; i < times.size(); i++) {
      assertThat(times.get(i) - times.get(i - 50))
          .as("time of 50 requests")
          .isGreaterThanOrEqualTo(TimeUnit.SECONDS.toNanos(1) - TimeUnit.MILLISECONDS.toNanos(20));
    }
    assertThat(times.getLast() - times.getFirst())
        .isEqualTo(399 * TimeUnit.SECONDS.toNanos(1) / 50);
  }

  @Test
  void requestsThatWereNotSentAreNotMadeUpFor() throws Exception {
    budget.take(ATTEMPT);
    nanos.addAndGet(Duration.ofHours(1).toNanos());
    long before = nanos.get();

    for (int i = 0; i < 51; i++) {
      budget.take(ATTEMPT);
    }

    assertThat(Duration.ofNanos(nanos.get() - before)).isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void twoProcessesThatShareItSendNoMoreThanOneWhileSharesMove() throws Exception {
    AtomicReference<Double> ofFirst = new AtomicReference<>(1.0);
    List<Long> sent = new ArrayList<>();
    AtomicLong first = new AtomicLong();
    AtomicLong second = new AtomicLong();
    RequestBudget one = shared(ofFirst::get, first);
    RequestBudget other = shared(() -> 1 - ofFirst.get(), second);

    for (double share : new double[] {1, 0.75, 0.5, 0.25}) {
      ofFirst.set(share);
      long end = Math.max(first.get(), second.get()) + TimeUnit.SECONDS.toNanos(10);
      first.set(end - TimeUnit.SECONDS.toNanos(10));
      second.set(first.get());
      sent.addAll(takenUntil(end, one, first));
      sent.addAll(share < 1 ? takenUntil(end, other, second) : List.of());
    }

    sent.sort(null);
    assertThat(sent).as("all of it is used").hasSizeBetween(40 * 50 - 12, 40 * 50);
    for (int i = 52; i < sent.size(); i++) {
      assertThat(sent.get(i) - sent.get(i - 52))
          .as("time of 52 requests: each of two may have one that is not spaced to the other's")
          .isGreaterThanOrEqualTo(TimeUnit.SECONDS.toNanos(1) - 1_000);
    }
  }

  @Test
  void whoHasNoShareSendsNothing() throws Exception {
    AtomicReference<Double> share = new AtomicReference<>(0.0);
    AtomicLong clock = new AtomicLong();
    RequestBudget none = shared(share::get, clock);

    assertThatThrownBy(() -> none.take(ATTEMPT))
        .isInstanceOfSatisfying(
            RegistryException.class,
            e -> {
              assertThat(e.transientFailure()).isTrue();
              assertThat(e.wantsFewerRequests()).as("no fault of the registry").isTrue();
              assertThat(e.retryAfter()).contains(Duration.ofSeconds(1));
              assertThat(e).hasMessageContaining("other processes have all of the requests");
            });
    assertThat(none.taken()).isZero();

    share.set(0.5);
    none.take(ATTEMPT);
    assertThat(none.taken()).isOne();
  }

  @Test
  void whoLosesItsShareWhileItWaitsForItsTurnSendsNothing() throws Exception {
    AtomicReference<Double> share = new AtomicReference<>(1.0);
    RequestBudget lost = new RequestBudget(1, share::get, nanos::get, _ -> share.set(0.0));
    lost.take(ATTEMPT);

    assertThatThrownBy(() -> lost.take(ATTEMPT)).isInstanceOf(RegistryException.class);
    assertThat(lost.taken()).isOne();
  }

  private static RequestBudget shared(DoubleSupplier share, AtomicLong clock) {
    return new RequestBudget(50, share, clock::get, time -> clock.addAndGet(time.toNanos()));
  }

  private static List<Long> takenUntil(long end, RequestBudget budget, AtomicLong clock)
      throws Exception {
    List<Long> sent = new ArrayList<>();
    while (clock.get() < end) {
      budget.take(ATTEMPT);
      if (clock.get() < end) {
        sent.add(clock.get());
      }
    }
    return sent;
  }

  @Test
  void partsShareItAndCountApart() throws Exception {
    RequestBudget part = budget.part();
    long before = nanos.get();

    for (int i = 0; i < 50; i++) {
      part.take(ATTEMPT);
      budget.take(ATTEMPT);
    }

    assertThat(Duration.ofNanos(nanos.get() - before))
        .isEqualTo(Duration.ofSeconds(1).multipliedBy(99).dividedBy(50));
    assertThat(part.taken()).isEqualTo(50);
    assertThat(budget.taken()).isEqualTo(100);

    part.pause(Duration.ofSeconds(42));
    assertThatThrownBy(() -> budget.take(ATTEMPT)).hasMessageContaining("used up for 43 s");
    part.told(new RequestQuota(7, Duration.ofHours(6), OptionalLong.empty()));
    assertThat(budget.quota()).isEqualTo(part.quota()).isPresent();
  }

  @Test
  void nothingIsSentWhileTheRegistryWantsNothing() throws Exception {
    budget.pause(Duration.ofSeconds(42));
    budget.pause(Duration.ofSeconds(3));

    assertThatThrownBy(() -> budget.take(ATTEMPT))
        .isInstanceOfSatisfying(
            RegistryException.class,
            e -> {
              assertThat(e.transientFailure()).isTrue();
              assertThat(e.retryAfter()).contains(Duration.ofSeconds(42));
              assertThat(e).hasMessageContaining("limit of requests is used up for 43 s");
            });

    nanos.addAndGet(Duration.ofSeconds(42).toNanos());
    budget.take(ATTEMPT);
  }

  @Test
  void aPauseOfDaysIsAnHour() throws Exception {
    budget.pause(Duration.ofDays(300_000));

    nanos.addAndGet(Duration.ofHours(1).toNanos());
    budget.take(ATTEMPT);
  }

  @Test
  void whoWaitsForATurnWhenThePauseBeginsIsHeldBackToo() throws Exception {
    AtomicReference<RequestBudget> itself = new AtomicReference<>();
    itself.set(
        new RequestBudget(
            1,
            nanos::get,
            time -> {
              nanos.addAndGet(time.toNanos());
              itself.get().pause(Duration.ofMinutes(1));
            }));
    itself.get().take(ATTEMPT);

    assertThatThrownBy(() -> itself.get().take(ATTEMPT))
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining("used up for 61 s");
    assertThat(itself.get().taken()).isOne();
  }

  @Test
  void nobodyWaitsForATurnWhileTheRegistryWantsNothing() throws Exception {
    RequestBudget paused =
        new RequestBudget(
            1,
            nanos::get,
            time -> {
              throw new AssertionError("it waits although the registry wants nothing");
            });
    paused.take(ATTEMPT);
    paused.pause(Duration.ofMinutes(1));

    assertThatThrownBy(() -> paused.take(ATTEMPT)).isInstanceOf(RegistryException.class);
  }
}
