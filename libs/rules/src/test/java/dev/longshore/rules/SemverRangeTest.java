package dev.longshore.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SemverRangeTest {
  @ParameterizedTest
  @CsvSource({
    ">=1.2 <2, 1.2.0 1.9.9 v1.2 1.10.0, 1.1.9 2.0.0 latest 1.2.3.4 01.2.3",
    "> 1.2, 1.3.0 2.0.0, 1.2.0 1.2.9",
    "<=1.2, 1.2.9 0.1.0, 1.3.0",
    "1.2.3, 1.2.3 v1.2.3, 1.2.4 1.2.2",
    "1.2, 1.2.0 1.2.7, 1.3.0 1.1.0",
    "1.x, 1.0.0 1.99.0, 2.0.0 0.9.0",
    "*, 0.0.1 99.0.0, latest 1.0.0-rc1",
    "^1.2.3, 1.2.3 1.9.0, 1.2.2 2.0.0 2.0.0-rc1",
    "^0.2.3, 0.2.3 0.2.9, 0.3.0 1.0.0",
    "^0.0.3, 0.0.3, 0.0.4",
    "~1.2.3, 1.2.3 1.2.9, 1.3.0",
    "~1, 1.0.0 1.9.0, 2.0.0",
    "^1 || ^3, 1.5.0 3.0.1, 2.0.0",
    ">=1.2.3-rc.2 <2, 1.2.3-rc.2 1.2.3-rc.10 1.2.3-rc.x 1.2.3, 1.2.3-rc.1 1.2.3-beta 1.3.0-rc.3",
  })
  void holdsWhatItSays(String range, String within, String without) {
    SemverRange parsed = SemverRange.parse(range);

    assertThat(within.split(" ")).allMatch(parsed::contains);
    assertThat(without.split(" ")).noneMatch(parsed::contains);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "one", ">", "1.2.3.4", "x.1", "1.x.2", "=>1", "1.2-rc", "^1 ||"})
  void refusesWhatIsNoRange(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> SemverRange.parse(text));
  }

  @Test
  void refusesWhatIsLongerThanAnyoneWrites() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SemverRange.parse("1 ".repeat(200)))
        .withMessageContaining("400 characters");
  }
}
