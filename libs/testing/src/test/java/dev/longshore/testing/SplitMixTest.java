package dev.longshore.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SplitMixTest {
  private static long[] first(long seed) {
    SplitMix random = new SplitMix(seed);
    return LongStream.range(0, 5).map(_ -> random.nextLong()).toArray();
  }

  /** A seed that failed is to fail again, in any release of Java. */
  @Test
  void aSeedMeansTheNumbersOfItsAlgorithm() {
    assertThat(first(1234567))
        .containsExactly(
            6457827717110365317L,
            3203168211198807973L,
            Long.parseUnsignedLong("9817491932198370423"),
            4593380528125082431L,
            Long.parseUnsignedLong("16408922859458223821"));
  }

  /** Neighbouring seeds killed at the same step, where nothing mixed them. */
  @Test
  void neighbouringSeedsChooseDifferently() {
    long[] chosen =
        LongStream.range(0, 1_000).map(seed -> new SplitMix(seed).nextInt(10)).toArray();

    for (int choice = 0; choice < 10; choice++) {
      int each = choice;
      assertThat(LongStream.of(chosen).filter(one -> one == each).count()).isBetween(60L, 140L);
    }
    long same =
        LongStream.range(1, 1_000).filter(i -> chosen[(int) i] == chosen[(int) i - 1]).count();
    assertThat(same).as("the same as the one before").isBetween(60L, 140L);
  }
}
