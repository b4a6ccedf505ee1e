package dev.longshore.runtime.kafka.record;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.Topic;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class KeyPartitionsTest {
  @Test
  void theSharesOfAllInstancesAreTheWholeHoweverPartitionsAreSpread() {
    for (int instances = 1; instances <= Topic.PARTITIONS; instances++) {
      int all = instances;
      double sum =
          IntStream.range(0, all)
              .mapToDouble(
                  instance -> KeyPartitions.share(key -> KeyPartitions.of(key) % all == instance))
              .sum();

      assertThat(sum).as("of %d instances", all).isCloseTo(1, within());
    }
  }

  @Test
  void anInstanceWithoutPartitionsHasNone() {
    assertThat(KeyPartitions.share(_ -> false)).isZero();
  }

  private static Offset<Double> within() {
    return Offset.offset(1e-9);
  }
}
