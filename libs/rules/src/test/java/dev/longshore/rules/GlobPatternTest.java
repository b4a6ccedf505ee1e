package dev.longshore.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GlobPatternTest {
  @ParameterizedTest
  @CsvSource({
    "**, a/b/c",
    "a/b, a/b",
    "a/*, a/b",
    "a/*/c, a/b/c",
    "a/**, a/b/c",
    "a/**, a",
    "a/**/c, a/c",
    "a/**/c, a/b/b/c",
    "a/**/b/c, a/b/x/b/c",
    "**/c, c",
    "**/c, a/b/c",
    "**/**, a/b",
    "a/team-*-x, a/team-7-x",
    "a/*b*, a/b",
    "a/*b*b, a/bb",
    "a/x*b*c*b, a/xbbcbcb",
    "localhost:5055/**, localhost:5055/x",
  })
  void matches(String pattern, String path) {
    assertThat(GlobPattern.parse(pattern).matches(path)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "a/b, a/b/c",
    "a/*, a/b/c",
    "a/*, a",
    "a/**, ab",
    "a/**/c, a/bc",
    "**/c, a/bc",
    "a.b, axb",
    "a/[b], a/b",
    "a/B, a/b",
    "a/*b*b, a/b",
    "a/x*b*c*b, a/xbbb",
  })
  void doesNotMatch(String pattern, String path) {
    assertThat(GlobPattern.parse(pattern).matches(path)).isFalse();
  }

  @Test
  @Timeout(10)
  void aLongNameMadeToFitNearlyEverywhereIsJudgedAtOnce() {
    GlobPattern pattern = GlobPattern.parse("a/*-*-*-*-*-*-*-*x");
    assertThat(pattern.matches("a/" + "-".repeat(250))).isFalse();
    assertThat(pattern.matches("a/" + "-".repeat(250) + "x")).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/a", "a/", "a//b", "a**", "a/**b/c", "***"})
  void refusesWhatCouldBeReadInTwoWays(String pattern) {
    assertThatIllegalArgumentException().isThrownBy(() -> GlobPattern.parse(pattern));
  }
}
