package dev.longshore.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.longshore.bench.Benchmarks.Chosen;
import java.util.List;
import org.junit.jupiter.api.Test;

class RowsTest {
  private static List<String> chosen(String... names) {
    return Benchmarks.chosen(List.of(names)).stream().map(RowsTest::words).toList();
  }

  private static String words(Chosen one) {
    return one.benchmark().name() + one.rows();
  }

  @Test
  void aBenchmarkWithoutRowsRunsAllOfThem() {
    assertThat(chosen("edge")).containsExactly("edge[]");
    assertThat(chosen()).contains("edge[]", "hub[]", "convert[]");
  }

  @Test
  void aNameAfterABenchmarkThatHasSuchARowIsThatRow() {
    assertThat(chosen("edge", "first-copy", "idle")).containsExactly("edge[first-copy, idle]");
  }

  @Test
  void theSameNameBeforeItIsABenchmark() {
    assertThat(chosen("idle", "edge", "nightly")).containsExactly("idle[]", "edge[nightly]");
    assertThat(chosen("edge", "nightly", "hub", "idle"))
        .containsExactly("idle[]", "edge[nightly]", "hub[]");
  }

  @Test
  void aRowOfNoBenchmarkIsAnError() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> chosen("hub", "nightly"))
        .withMessageContaining("nightly: no such benchmark");
  }
}
