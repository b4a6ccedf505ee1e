package dev.longshore.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PairsTest {
  private final List<String> order = new ArrayList<>();

  @Test
  void sidesTakeTurnsAndSoDoesWhoBegins() throws Exception {
    Pairs.measure(2, 1, () -> ran("a", 1), () -> ran("b", 1), _ -> {});

    assertThat(order).containsExactly("b", "a", "a", "b", "b", "a");
  }

  @Test
  void warmUpsDoNotCount() throws Exception {
    double[] next = {100, 2, 3, 4};
    int[] at = {0};
    Pairs pairs = Pairs.measure(3, 1, () -> ran("a", next[at[0]++]), () -> ran("b", 1), _ -> {});

    assertThat(pairs.timeRatio().value()).isEqualTo(3);
    assertThat(pairs.ours(Sample::seconds).high()).isEqualTo(4);
  }

  @Test
  void ratiosAreTakenPairByPair() throws Exception {
    double[] our = {2, 20, 200};
    double[] their = {1, 10, 100};
    int[] at = {0, 0};
    Pairs pairs =
        Pairs.measure(3, 0, () -> ran("a", our[at[0]++]), () -> ran("b", their[at[1]++]), _ -> {});

    assertThat(pairs.timeRatio()).isEqualTo(new Median(2, 2, 2, 3));
    assertThat(pairs.speedRatio().value()).isEqualTo(0.5);
    assertThat(pairs.cpuRatio().value()).isEqualTo(2);
  }

  @Test
  void failureOfASideEndsTheComparison() {
    assertThatThrownBy(
            () ->
                Pairs.measure(
                    1,
                    0,
                    () -> ran("a", 1),
                    () -> {
                      throw new IOException("the peer is gone");
                    },
                    _ -> {}))
        .isInstanceOf(IOException.class)
        .hasMessage("the peer is gone");
  }

  private Sample ran(String who, double seconds) {
    order.add(who);
    return new Sample(seconds, seconds / 2, 1_000_000_000);
  }
}
