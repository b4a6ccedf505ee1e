package dev.longshore.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InstallationNameTest {
  @ParameterizedTest
  @ValueSource(
      strings = {"default", "eu-west-1", "a", "copy2", "sha", "123456789012345678901234567890"})
  void isOfLettersDigitsAndHyphens(String text) {
    assertThat(new InstallationName(text)).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "A",
        "a:b",
        "a b",
        "copy",
        "sha256",
        "sha512",
        "1234567890123456789012345678901"
      })
  void isNothingThatAPinsNameCouldBeMistakenFor(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new InstallationName(text))
        .withMessageContaining("installation: \"" + text + "\" (expected: ");
  }
}
