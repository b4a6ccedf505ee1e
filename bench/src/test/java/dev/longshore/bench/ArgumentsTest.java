package dev.longshore.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

class ArgumentsTest {
  @Test
  void nothingMeansEverythingInElevenPairs() {
    assertThat(Arguments.parse()).isEqualTo(new Arguments(List.of(), 11, 10, 1_000_000, 10));
  }

  @Test
  void namesAndNumbersStandInAnyOrder() {
    assertThat(
            Arguments.parse(
                "convert",
                "--pairs",
                "3",
                "serve",
                "--layer-gb",
                "1",
                "--images",
                "100000",
                "--minutes",
                "2"))
        .isEqualTo(new Arguments(List.of("convert", "serve"), 3, 1, 100_000, 2));
  }

  @Test
  void otherOptionsAndNumbersAreErrors() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Arguments.parse("--fast"))
        .withMessageContaining("--fast");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Arguments.parse("--pairs", "0"))
        .withMessageContaining("--pairs: 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Arguments.parse("--pairs"))
        .withMessageContaining("--pairs: nothing");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Arguments.parse("--layer-gb", "1GB"))
        .withMessageContaining("--layer-gb: 1GB");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Arguments.parse("--images", "1000001"))
        .withMessageContaining("--images: 1000001 (expected: 1 to 1000000)");
  }
}
