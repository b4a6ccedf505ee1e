package dev.longshore.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.longshore.bench.BenchmarkReport;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MedianTest {
  @Test
  void isTheMiddleOfAnOddNumberAndBetweenTheMiddleTwoOfAnEvenOne() {
    assertThat(Median.of(9, 1, 5).value()).isEqualTo(5);
    assertThat(Median.of(4, 1, 2, 9).value()).isEqualTo(3);
  }

  @Test
  void intervalOfElevenGoesFromTheSecondToTheTenth() {
    Median median = Median.of(DoubleStream.iterate(1, d -> d + 1).limit(11).toArray());

    assertThat(median).isEqualTo(new Median(6, 2, 10, 11));
  }

  @Test
  void intervalOfFewValuesIsTheirRangeAndIsCalledSo() {
    assertThat(Median.of(3, 1, 2)).isEqualTo(new Median(2, 1, 3, 3));
    assertThat(BenchmarkReport.median("%.0f", Median.of(3))).isEqualTo("3 (once)");
    assertThat(BenchmarkReport.median("%.0f", Median.of(3, 1, 2))).isEqualTo("2 (range 1 to 3)");
    assertThat(BenchmarkReport.median("%.0f", Median.of(1, 2, 3, 4, 5)))
        .isEqualTo("3 (range 1 to 5)");
    assertThat(BenchmarkReport.median("%.0f", Median.of(1, 2, 3, 3, 4, 5))).isEqualTo("3 [1, 5]");
  }

  @Test
  void intervalHoldsTheTrueMedianInNineteenOfTwentyTries() {
    var random = new SplittableRandom(7);
    long held =
        IntStream.range(0, 4_000)
            .mapToObj(_ -> Median.of(random.doubles(15).toArray()))
            .filter(m -> m.low() <= 0.5 && 0.5 <= m.high())
            .count();

    assertThat(held / 4_000.0).isGreaterThan(0.95);
  }

  @Test
  void quantileIsAValueThatWasSeen() {
    List<Double> values = DoubleStream.iterate(1, d -> d + 1).limit(200).boxed().toList();

    assertThat(Median.quantile(values, 0.99)).isEqualTo(198);
    assertThat(Median.quantile(List.of(5.0), 0.99)).isEqualTo(5);
  }

  @Test
  void nothingHasNoMedian() {
    assertThatIllegalArgumentException().isThrownBy(() -> Median.of(List.of()));
  }
}
