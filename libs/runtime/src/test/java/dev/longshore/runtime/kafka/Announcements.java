package dev.longshore.runtime.kafka;

import static dev.longshore.runtime.testing.Samples.converted;
import static dev.longshore.runtime.testing.Samples.key;
import static dev.longshore.runtime.testing.Samples.observed;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.Observed;
import dev.longshore.runtime.kafka.record.KeyPartitions;
import dev.longshore.runtime.kafka.step.Effects;
import dev.longshore.runtime.kafka.step.Message;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.runtime.testing.KafkaBed;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** Numbered observations that a host's step announces, each once. */
final class Announcements {
  private Announcements() {}

  static int number(Message message) {
    return (int) ((Observed) message.body()).size();
  }

  static Effects announce(Message message) {
    return Effects.of(converted((Observed) message.body()));
  }

  static void awaitAnnounced(KafkaBed bed, int count) {
    Eventually.await(count + " announced", () -> bed.announced().size() >= count);
  }

  static void assertEachAnnouncedOnce(KafkaBed bed, int count) {
    assertThat(bed.announced())
        .containsExactlyInAnyOrderElementsOf(LongStream.range(0, count).boxed().toList());
  }

  /** Names whose keys lie in the partition. */
  static List<String> namesIn(int partition, int count) {
    return IntStream.range(0, Integer.MAX_VALUE)
        .mapToObj(i -> "n" + i)
        .filter(name -> KeyPartitions.of(key(name)) == partition)
        .limit(count)
        .toList();
  }

  /** Sends those from one number to before another, of forty names. */
  static void send(KafkaBed bed, int from, int to) {
    for (int i = from; i < to; i++) {
      bed.sendLater(observed("name" + i % 40, i));
    }
  }
}
