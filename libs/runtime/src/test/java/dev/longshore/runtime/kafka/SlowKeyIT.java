package dev.longshore.runtime.kafka;

import static dev.longshore.runtime.testing.Samples.key;
import static dev.longshore.runtime.testing.Samples.observed;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.Observed;
import dev.longshore.runtime.kafka.record.KeyPartitions;
import dev.longshore.runtime.kafka.step.Effects;
import dev.longshore.runtime.kafka.step.Message;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.runtime.testing.KafkaBed;
import dev.longshore.testing.InTurn;
import dev.longshore.testing.SharedTurn;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A key whose records come faster than they are handled, in a real partition. */
@Timeout(120)
@InTurn(SharedTurn.QUEUES)
final class SlowKeyIT {
  private static final int ALL = 300;

  @Test
  void itDelaysNoOtherOfItsPartitionAndItsRecordsStayInOrder() throws Exception {
    String busy = "busy";
    String other =
        IntStream.range(0, Integer.MAX_VALUE)
            .mapToObj(i -> "other" + i)
            .filter(name -> KeyPartitions.of(key(name)) == KeyPartitions.of(key(busy)))
            .findFirst()
            .orElseThrow();
    CountDownLatch answers = new CountDownLatch(1);
    List<Integer> handled = new CopyOnWriteArrayList<>();
    try (KafkaBed bed = new KafkaBed()) {
      for (int i = 0; i < ALL; i++) {
        bed.sendLater(observed(busy, i));
      }
      bed.sendLater(observed(other, ALL));
      bed.flush();

      bed.host(
              (message, _) -> {
                if (number(message) < ALL) {
                  answers.await();
                }
                handled.add(number(message));
                return Effects.NONE;
              })
          .start();

      Eventually.await("the other key's", () -> handled.contains(ALL));
      assertThat(handled).containsExactly(ALL);

      answers.countDown();

      Eventually.await("all", () -> handled.contains(ALL - 1));
      // One whose commit failed is handled again.
      assertThat(handled.stream().skip(1).distinct())
          .containsExactlyElementsOf(IntStream.range(0, ALL).boxed().toList());
    }
  }

  private static int number(Message message) {
    return (int) ((Observed) message.body()).size();
  }
}
