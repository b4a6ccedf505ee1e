package dev.longshore.runtime.kafka;

import static dev.longshore.runtime.testing.Samples.converted;
import static dev.longshore.runtime.testing.Samples.observed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.events.Observed;
import dev.longshore.runtime.kafka.record.EventSender;
import dev.longshore.runtime.kafka.record.NotSentException;
import dev.longshore.runtime.kafka.step.Effects;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.runtime.testing.KafkaBed;
import dev.longshore.runtime.testing.KafkaBroker;
import dev.longshore.testing.InTurn;
import dev.longshore.testing.SharedTurn;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kafka goes away and comes back. */
@InTurn(SharedTurn.KILLS)
final class BrokerRestartIT {
  @Test
  void workUnderWayIsKeptAndAnnouncedOnceWhenKafkaIsBack(@TempDir Path dir) throws Exception {
    try (KafkaBroker broker = KafkaBroker.start(dir);
        KafkaBed bed = new KafkaBed(broker.connection())) {
      CountDownLatch away = new CountDownLatch(1);
      AtomicInteger begun = new AtomicInteger();
      KeyedConsumer host =
          bed.host(
              (message, _) -> {
                Observed observed = (Observed) message.body();
                if (observed.size() >= 20) {
                  begun.incrementAndGet();
                  away.await();
                }
                return Effects.of(converted(observed));
              });
      host.start();
      for (int i = 0; i < 60; i++) {
        bed.send(observed("name" + i, i));
      }
      Eventually.await("those that wait for nothing", () -> bed.announced().size() == 20);
      Eventually.await("the others to begin", () -> begun.get() == 40);
      broker.stop();
      away.countDown();
      Eventually.await("a word about it", () -> host.trouble().isPresent());
      assertThat(host.trouble().get()).contains(broker.address());
      broker.start();
      Eventually.await("all", () -> bed.announced().size() == 60);
      Eventually.await("no trouble", () -> host.trouble().isEmpty());
      for (int i = 60; i < 80; i++) {
        bed.send(observed("name" + i, i));
      }
      Eventually.await("more", () -> bed.announced().size() >= 80);
      assertThat(bed.announced())
          .containsExactlyInAnyOrderElementsOf(LongStream.range(0, 80).boxed().toList());
    }
  }

  @Test
  void aSenderSaysInTimeThatKafkaIsAway(@TempDir Path dir) throws Exception {
    try (KafkaBroker broker = KafkaBroker.start(dir);
        KafkaBed bed = new KafkaBed(broker.connection());
        EventSender sender =
            new EventSender(
                broker.connection(),
                bed.prefix(),
                "watcher",
                Duration.ofSeconds(3),
                Clock.systemUTC())) {
      Eventually.await("the first one", () -> sends(sender));
      broker.stop();
      long began = System.nanoTime();
      assertThatThrownBy(() -> sender.send(observed("name", 2), "another"))
          .isInstanceOf(NotSentException.class)
          .hasMessageContaining(broker.address());
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(10));
      broker.start();
      Eventually.await("sending again", () -> sends(sender));
    }
  }

  private static boolean sends(EventSender sender) {
    try {
      sender.send(observed("name", 3), "a third");
      return true;
    } catch (NotSentException e) {
      return false;
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted", e);
    }
  }
}
