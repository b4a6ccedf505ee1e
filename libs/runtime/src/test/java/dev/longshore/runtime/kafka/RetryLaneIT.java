package dev.longshore.runtime.kafka;

import static dev.longshore.runtime.testing.Samples.converted;
import static dev.longshore.runtime.testing.Samples.observed;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.Observed;
import dev.longshore.events.Topic;
import dev.longshore.runtime.kafka.record.Envelopes;
import dev.longshore.runtime.kafka.record.EventRecords;
import dev.longshore.runtime.kafka.record.Inbound;
import dev.longshore.runtime.kafka.record.Parking;
import dev.longshore.runtime.kafka.record.ServiceId;
import dev.longshore.runtime.kafka.step.Effects;
import dev.longshore.runtime.kafka.step.Message;
import dev.longshore.runtime.kafka.step.TransientFailure;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.runtime.testing.KafkaBed;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Work that waits for one registry, and what it leaves of another's. */
@Timeout(240)
final class RetryLaneIT {
  private static final String A = "registry a";
  private static final String B = "registry b";
  private static final Clock CLOCK = Clock.systemUTC();

  private KafkaBed bed;

  @BeforeEach
  void open() throws Exception {
    bed = new KafkaBed();
  }

  @AfterEach
  void close() {
    bed.close();
  }

  @Test
  void oneBehindThirtyThousandOfARegistryThatIsAwayIsHandledWithinAMinute() {
    int all = 30_000;
    bed.endpoints().failed(A, "refused", Duration.ofHours(1));
    for (int i = 0; i < all; i++) {
      bed.sendLater(parked(A, i));
    }
    bed.sendLater(parked(B, all));
    bed.flush();
    Set<Long> handled = ConcurrentHashMap.newKeySet();
    long began = System.nanoTime();

    bed.host(
            (message, _) -> {
              handled.add(number(message));
              return Effects.NONE;
            })
        .start();

    Eventually.await("the other registry's", () -> handled.contains((long) all));
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofMinutes(1));
    assertThat(handled).hasSize(1);
  }

  @Test
  void oneBehindThoseOfARegistryThatIsSlowIsHandledAndNoneOfTheseIsLostOrRepeated()
      throws Exception {
    int all = 6_000;
    CountDownLatch answers = new CountDownLatch(1);
    Set<Long> handled = ConcurrentHashMap.newKeySet();
    Set<Long> repeated = ConcurrentHashMap.newKeySet();
    for (int i = 0; i < all; i++) {
      bed.sendLater(parked(A, i));
    }
    bed.flush();
    bed.host(
            (message, _) -> {
              if (number(message) < all) {
                answers.await();
              }
              if (!handled.add(number(message))) {
                repeated.add(number(message));
              }
              return Effects.NONE;
            })
        .start();
    bed.sendLater(parked(B, all));
    bed.flush();
    Eventually.await("the other registry's", () -> handled.contains((long) all));
    assertThat(handled).hasSize(1);

    answers.countDown();

    Eventually.await("all", () -> handled.size() == all + 1);
    assertThat(repeated).isEmpty();
  }

  @Test
  void aRestartHandlesTheRestOfWhatWaits() throws Exception {
    int all = 2_000;
    bed.endpoints().failed(A, "refused", Duration.ofHours(1));
    for (int i = 0; i < all; i++) {
      bed.sendLater(parked(i % 10 == 0 ? B : A, i));
    }
    bed.flush();
    KeyedConsumer before =
        bed.host((message, _) -> Effects.of(converted((Observed) message.body())));
    before.start();
    Eventually.await("the other registry's", () -> bed.announced().size() == all / 10);
    before.stop(Duration.ofSeconds(5));

    bed.endpoints().succeeded(A);
    bed.host((message, _) -> Effects.of(converted((Observed) message.body()))).start();

    Eventually.await("all", () -> bed.announced().size() >= all);
    assertThat(bed.announced())
        .containsExactlyInAnyOrderElementsOf(LongStream.range(0, all).boxed().toList());
  }

  @Test
  void manyRegistriesThatAreAwayLeaveRoomForOneThatIsNot() {
    for (int i = 0; i < 40; i++) {
      String away = A + i;
      bed.endpoints().failed(away, "refused", Duration.ofHours(1));
      IntStream.range(0, 200).forEach(n -> bed.sendLater(parked(away, n)));
    }
    bed.sendLater(parked(B, 200));
    bed.flush();
    Set<Long> handled = ConcurrentHashMap.newKeySet();
    bed.host(
            (message, _) -> {
              handled.add(number(message));
              return Effects.NONE;
            })
        .start();
    Eventually.await("the other registry's", () -> handled.contains(200L));
  }

  private static long number(Message message) {
    return ((Observed) message.body()).size();
  }

  private ProducerRecord<String, byte[]> parked(String endpoint, int number) {
    Observed event = observed("name" + number, number);
    ProducerRecord<String, byte[]> sent =
        new EventRecords(bed.prefix(), "test", CLOCK).of(event, "id-" + endpoint + number);
    ConsumerRecord<String, byte[]> read =
        new ConsumerRecord<>(sent.topic(), 0, number, sent.key(), sent.value());
    sent.headers().forEach(read.headers()::add);
    ServiceId id = new ServiceId("tester", "test", "1");
    return new Parking(bed.prefix(), id, new Envelopes(bed.prefix(), "tester", CLOCK), CLOCK)
        .parked(
            Inbound.of(Topic.OBSERVED, read),
            new TransientFailure(endpoint, "refused", null, null),
            Instant.now());
  }
}
