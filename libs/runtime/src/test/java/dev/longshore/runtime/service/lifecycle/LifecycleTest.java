package dev.longshore.runtime.service.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class LifecycleTest {
  private static final Duration LONG = Duration.ofMinutes(5);

  private final List<String> events = new CopyOnWriteArrayList<>();
  private final RecordingPart store = new RecordingPart("store", events);
  private final RecordingPart listener = new RecordingPart("listener", events);

  private RecordingPart failing(String name, String message) {
    return new RecordingPart(
        name,
        events,
        () -> {},
        () -> {
          throw new IOException(message);
        });
  }

  private static CompletableFuture<Throwable> run(RecordingPart.Action action) {
    CompletableFuture<Throwable> outcome = new CompletableFuture<>();
    Thread.ofPlatform()
        .daemon()
        .start(
            () -> {
              try {
                action.run();
                outcome.complete(null);
              } catch (Throwable thrown) {
                outcome.complete(thrown);
              }
            });
    return outcome;
  }

  @Test
  void startsInOrderAndStopsInReverse() throws Exception {
    Lifecycle lifecycle = new Lifecycle(List.of(store, listener), LONG);
    assertThat(lifecycle.state()).isEqualTo(LifecycleState.NEW);
    lifecycle.start();
    assertThat(lifecycle.state()).isEqualTo(LifecycleState.RUNNING);
    lifecycle.stop();
    assertThat(lifecycle.state()).isEqualTo(LifecycleState.STOPPED);
    assertThat(events)
        .containsExactly("start store", "start listener", "stop listener", "stop store");
    assertThat(listener.drain).isBetween(LONG.minusSeconds(20), LONG);
    lifecycle.stop();
    lifecycle.awaitStopped();
    assertThat(events).hasSize(4);
  }

  @Test
  void aFailedStartStopsWhatHasStartedAndSaysWhichPartAndWhy() {
    RecordingPart broken =
        new RecordingPart(
            "kafka",
            events,
            () -> {
              throw new IOException("127.0.0.1:9092: connection refused");
            },
            () -> {});
    Lifecycle lifecycle =
        new Lifecycle(List.of(store, failing("cache", "disk full"), broken, listener), LONG);

    StartException failure = catchThrowableOfType(StartException.class, lifecycle::start);

    assertThat(failure)
        .hasMessage("kafka did not start: 127.0.0.1:9092: connection refused")
        .hasRootCauseInstanceOf(IOException.class);
    assertThat(failure.part()).isEqualTo("kafka");
    assertThat(failure.getSuppressed())
        .singleElement()
        .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.THROWABLE)
        .hasMessage("cache did not stop well: java.io.IOException: disk full");
    assertThat(events)
        .containsExactly("start store", "start cache", "start kafka", "stop cache", "stop store");
    assertThat(lifecycle.state()).isEqualTo(LifecycleState.STOPPED);
  }

  @Test
  void everyPartIsStoppedThoughOthersFail() throws Exception {
    Lifecycle lifecycle =
        new Lifecycle(List.of(store, failing("a", "one"), failing("b", "two"), listener), LONG);
    lifecycle.start();
    StopException failure = catchThrowableOfType(StopException.class, lifecycle::stop);
    assertThat(failure)
        .hasMessage(
            "b did not stop well: java.io.IOException: two; a did not stop well:"
                + " java.io.IOException: one");
    assertThat(failure.getSuppressed()).hasSize(2);
    assertThat(events).endsWith("stop listener", "stop b", "stop a", "stop store");
  }

  @Test
  void aPartThatHangsIsInterruptedWhenItsTimeIsUp() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    RecordingPart hanging = new RecordingPart("hanging", events, () -> {}, never::await);
    Lifecycle lifecycle = new Lifecycle(List.of(store, hanging), Duration.ofMillis(1));
    lifecycle.start();
    StopException failure = catchThrowableOfType(StopException.class, lifecycle::stop);
    assertThat(failure).hasMessage("hanging did not stop well: java.lang.InterruptedException");
    assertThat(events).endsWith("stop store");
    assertThat(store.drain).isZero();
  }

  @Test
  void aSecondSignalCutsTheDrainShort() throws Exception {
    CountDownLatch draining = new CountDownLatch(1);
    CountDownLatch never = new CountDownLatch(1);
    RecordingPart slow =
        new RecordingPart(
            "slow",
            events,
            () -> {},
            () -> {
              draining.countDown();
              never.await();
            });
    Lifecycle lifecycle = new Lifecycle(List.of(store, slow), LONG);
    lifecycle.start();
    Signals.received(lifecycle, true);
    assertThat(draining.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(lifecycle.state()).isEqualTo(LifecycleState.STOPPING);

    Signals.received(lifecycle, false);

    lifecycle.awaitStopped();
    assertThat(store.drain).isZero();
    assertThat(events).endsWith("stop slow", "stop store");
  }

  @Test
  void aStopDuringTheStartEndsItAndStopsWhatHasStarted() throws Exception {
    CountDownLatch starting = new CountDownLatch(1);
    CountDownLatch never = new CountDownLatch(1);
    RecordingPart slow =
        new RecordingPart(
            "slow",
            events,
            () -> {
              starting.countDown();
              never.await();
            },
            () -> {});
    Lifecycle lifecycle = new Lifecycle(List.of(store, slow, listener), LONG);
    CompletableFuture<Throwable> start = run(lifecycle::start);
    assertThat(starting.await(10, TimeUnit.SECONDS)).isTrue();

    lifecycle.stop();

    assertThat(start.get(10, TimeUnit.SECONDS))
        .isInstanceOf(StartException.class)
        .hasMessage("slow did not start: told to stop while starting");
    assertThat(events).containsExactly("start store", "start slow", "stop store");
    assertThat(store.drain).isPositive();
  }

  @Test
  void aProgramStartsOnce() throws Exception {
    Lifecycle lifecycle = new Lifecycle(List.of(), LONG);
    lifecycle.stop();
    assertThatIllegalStateException()
        .isThrownBy(lifecycle::start)
        .withMessage("start: STOPPED (expected: NEW)");
  }
}
