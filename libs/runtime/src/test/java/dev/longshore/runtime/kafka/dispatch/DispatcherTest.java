package dev.longshore.runtime.kafka.dispatch;

import static dev.longshore.runtime.testing.Samples.observed;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.Topic;
import dev.longshore.runtime.kafka.record.EventRecords;
import dev.longshore.runtime.kafka.record.HeaderNames;
import dev.longshore.runtime.kafka.record.HeaderText;
import dev.longshore.runtime.kafka.record.Inbound;
import dev.longshore.runtime.kafka.record.ServiceId;
import dev.longshore.runtime.kafka.record.WorkFailureHeaders;
import dev.longshore.runtime.kafka.step.Effects;
import dev.longshore.runtime.service.endpoint.Endpoints;
import dev.longshore.runtime.service.endpoint.TimerAlarms;
import dev.longshore.runtime.testing.Eventually;
import io.opentelemetry.api.OpenTelemetry;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

/** Parked records that wait for an endpoint. */
final class DispatcherTest {
  private final Clock clock = Clock.systemUTC();
  private final Endpoints endpoints = new Endpoints(clock, (_, _) -> {}, new Random(1));
  private final AtomicInteger handled = new AtomicInteger();
  private final RecordingWork work = new RecordingWork();
  private final Dispatcher dispatcher = dispatcher(endpoints);

  private Dispatcher dispatcher(Endpoints its) {
    return new Dispatcher(
        "tester",
        new Handler(
            "",
            new ServiceId("tester", "test", "1"),
            (_, _) -> {
              handled.incrementAndGet();
              return Effects.NONE;
            },
            its,
            new ProcessTelemetry(OpenTelemetry.noop(), "", "tester", clock),
            clock),
        its);
  }

  private static final class RecordingWork implements Dispatcher.Work {
    private final Workers workers = new Workers();
    private final List<List<ProducerRecord<String, byte[]>>> finished =
        new CopyOnWriteArrayList<>();
    private final AtomicInteger defects = new AtomicInteger();
    private volatile CountDownLatch finishing = new CountDownLatch(0);

    @Override
    public Workers workers() {
      return workers;
    }

    @Override
    public void write(List<ProducerRecord<String, byte[]>> records) {
      throw new AssertionError("nothing is published here");
    }

    @Override
    public void finish(List<ProducerRecord<String, byte[]>> records) {
      if (defects.getAndDecrement() > 0) {
        throw new NoSuchMethodError("of a jar that was exchanged");
      }
      finished.add(records);
      try {
        finishing.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private Inbound parked() {
    return parked("name");
  }

  private Inbound parked(String tag) {
    ProducerRecord<String, byte[]> record =
        new EventRecords("", "test", clock).of(observed(tag, 1), "an id");
    Map.of(
            HeaderNames.SERVICE, "tester",
            WorkFailureHeaders.ENDPOINT, "kubo a",
            WorkFailureHeaders.ATTEMPT, "1",
            WorkFailureHeaders.NEXT_TRY, "2026-01-01T00:00:01Z",
            HeaderNames.TOPIC, "observed",
            HeaderNames.PARTITION, "4",
            HeaderNames.OFFSET, "9",
            HeaderNames.APPENDED_AT, "2026-01-01T00:00:00Z")
        .forEach((name, value) -> HeaderText.put(record.headers(), name, value));
    return Inbound.of(
        Topic.RETRY,
        new ConsumerRecord<>(
            "retry",
            4,
            0,
            0,
            TimestampType.LOG_APPEND_TIME,
            0,
            0,
            record.key(),
            record.value(),
            record.headers(),
            Optional.empty()));
  }

  private void dispatchAndAwaitIt() {
    endpoints.failed("kubo a", "refused", Duration.ofMinutes(30));
    dispatcher.dispatch(parked(), work);
    Eventually.await("the wait", () -> work.workers.count() == 1);
  }

  @Test
  void oneThatWaitsForItsEndpointIsNotBusy() {
    dispatchAndAwaitIt();
    Eventually.await("idle", () -> work.workers.busy() == 0);
    assertThat(work.workers.count()).isEqualTo(1);
  }

  @Test
  void oneThatTriesItsEndpointIsBusyOnce() {
    work.finishing = new CountDownLatch(1);
    dispatcher.dispatch(parked(), work);
    Eventually.await("its end", () -> work.finished.size() == 1);
    assertThat(work.workers.count()).as("one waits for the other").isEqualTo(2);
    Eventually.await("one of them", () -> work.workers.busy() == 1);
    work.finishing.countDown();
    Eventually.await("none", () -> work.workers.count() == 0);
    assertThat(work.workers.busy()).isZero();
  }

  @Test
  void aRecordThatMakesRoomGoesToTheEndOfRetryWithoutATimeThatIsPast() {
    dispatchAndAwaitIt();
    Eventually.await(
        "its end",
        () -> {
          work.workers.interruptIdle(Duration.ZERO);
          return work.finished.size() == 1;
        });
    ProducerRecord<String, byte[]> again = work.finished.getFirst().getFirst();
    assertThat(again.topic()).isEqualTo("retry");
    assertThat(again.value()).isEqualTo(parked().value());
    assertThat(HeaderText.get(again.headers(), WorkFailureHeaders.ATTEMPT)).isEqualTo("1");
    assertThat(HeaderText.get(again.headers(), WorkFailureHeaders.NEXT_TRY)).isNull();
    assertThat(HeaderText.get(again.headers(), HeaderNames.OFFSET)).isEqualTo("9");
    assertThat(handled).hasValue(0);
  }

  /** Otherwise one of them would be handled in each half minute, of a registry that is back. */
  @Test
  void oneThatFindsItsEndpointBackLetsAllOthersGo() {
    try (TimerAlarms alarms = new TimerAlarms()) {
      Endpoints its = new Endpoints(clock, alarms, new Random(1));
      its.failed("kubo a", "refused", null);
      Dispatcher waiting = dispatcher(its);
      for (int i = 0; i < 10; i++) {
        waiting.dispatch(parked("name" + i), work);
      }
      assertThat(its.isOpen("kubo a")).isFalse();

      Eventually.await("all of them", () -> handled.get() == 10);
      assertThat(its.isOpen("kubo a")).isTrue();
      Eventually.await("none", () -> work.workers.count() == 0);
    }
  }

  @Test
  void oneThatWaitsForAShorterTimeStays() {
    dispatchAndAwaitIt();
    work.workers.interruptIdle(Duration.ofMinutes(15));
    endpoints.succeeded("kubo a");
    Eventually.await("its end", () -> work.finished.size() == 1);
    assertThat(handled).hasValue(1);
  }

  @Test
  void aWaitEndsAtOnceWhenThePartitionIsTakenAway() throws Exception {
    dispatchAndAwaitIt();
    work.workers.drain();
    assertThat(work.workers.awaitNone(Duration.ofSeconds(30))).isTrue();
    assertThat(work.finished).isEmpty();
    assertThat(handled).hasValue(0);
  }

  @Test
  void recordsBehindAnotherOneOfTheirKeyAreCounted() {
    work.finishing = new CountDownLatch(1);
    for (String key : List.of("one", "one", "one", "two")) {
      dispatcher.dispatch(Inbound.nudge(Topic.OBSERVED, key, clock.instant()), work);
    }
    assertThat(dispatcher.behind()).isEqualTo(2);

    work.finishing.countDown();
    Eventually.await("all of them", () -> work.finished.size() == 4);
    assertThat(dispatcher.behind()).isZero();
  }

  @Test
  void aDefectOutsideItsStepHoldsUpNoLaterRecordOfItsKey() {
    work.defects.set(1);
    dispatcher.dispatch(parked(), work);
    dispatcher.dispatch(parked(), work);
    Eventually.await("the later one", () -> work.finished.size() == 1);
    assertThat(handled).hasValue(2);
    Eventually.await("none", () -> work.workers.count() == 0);
  }
}
