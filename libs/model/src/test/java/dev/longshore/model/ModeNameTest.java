package dev.longshore.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModeNameTest {
  @ParameterizedTest
  @EnumSource(Mode.class)
  void everyModeHasAName(Mode mode) {
    assertThat(ModeName.of(mode).mode()).contains(mode);
    assertThat(ModeName.of(mode).is(mode)).isTrue();
    assertThat(ModeName.of(mode)).hasToString(mode.text());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "soci", "PLAIN"})
  void aNameNeedNotBeOfThisRelease(String text) {
    assertThat(new ModeName(text).mode()).isEmpty();
    assertThat(new ModeName(text).is(Mode.PLAIN)).isFalse();
  }
}
