package dev.longshore.runtime.kafka;

import static dev.longshore.runtime.testing.Samples.converted;
import static dev.longshore.runtime.testing.Samples.observed;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.Observed;
import dev.longshore.events.Topic;
import dev.longshore.runtime.kafka.step.Effects;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.runtime.testing.KafkaBed;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.Test;

/** How long an event takes through one service, from its acknowledged send to its readers. */
final class HopLatencyIT {
  private static final int MANY = Integer.getInteger("longshore.hops", 200);
  private static final int MEASURED = Math.min(200, MANY / 4);
  private static final int WARM_UP = MEASURED / 2;

  @Test
  void oneHopIsQuick() throws Exception {
    try (KafkaBed bed = new KafkaBed();
        KafkaConsumer<String, byte[]> reader = reader(bed)) {
      bed.host((message, _) -> Effects.of(converted((Observed) message.body()))).start();
      double[] millis = new double[MEASURED];
      for (int i = 0; i < WARM_UP + MEASURED; i++) {
        bed.send(observed("name" + i, i));
        long sent = System.nanoTime();
        awaitRecords(reader, 1);
        if (i >= WARM_UP) {
          millis[i - WARM_UP] = (System.nanoTime() - sent) / 1e6;
        }
      }
      Arrays.sort(millis);
      long began = System.nanoTime();
      for (int i = 0; i < MANY; i++) {
        bed.sendLater(observed("name" + i, i));
      }
      awaitRecords(reader, MANY);
      double seconds = (System.nanoTime() - began) / 1e9;
      System.out.printf(
          "one hop: median %.1f ms, p90 %.1f ms, p99 %.1f ms; %d events of as many keys: %.0f/s%n",
          millis[MEASURED / 2],
          millis[MEASURED * 9 / 10],
          millis[MEASURED * 99 / 100],
          MANY,
          MANY / seconds);
      // Far above what an idle machine needs, below what a lost wake-up or a linger would cost.
      assertThat(millis[MEASURED / 2]).isLessThan(300);
    }
  }

  private static void awaitRecords(KafkaConsumer<String, byte[]> reader, int count) {
    int[] seen = {0};
    Eventually.await(
        count + " records",
        () -> {
          seen[0] += reader.poll(Duration.ofSeconds(1)).count();
          return seen[0] >= count;
        });
  }

  private static KafkaConsumer<String, byte[]> reader(KafkaBed bed) {
    Map<String, Object> settings = new HashMap<>(bed.connection());
    settings.put("isolation.level", "read_committed");
    settings.put("auto.offset.reset", "earliest");
    KafkaConsumer<String, byte[]> reader =
        new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer());
    reader.assign(
        IntStream.range(0, Topic.PARTITIONS)
            .mapToObj(n -> new TopicPartition(Topic.CONVERTED.name(bed.prefix()), n))
            .toList());
    return reader;
  }
}
