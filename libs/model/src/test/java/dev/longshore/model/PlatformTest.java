package dev.longshore.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class PlatformTest {
  @ParameterizedTest
  @CsvSource({
    "linux/amd64, linux/amd64",
    "Linux/x86_64, linux/amd64",
    "linux/amd64/v1, linux/amd64",
    "linux/amd64/v3, linux/amd64/v3",
    "linux/aarch64, linux/arm64",
    "linux/arm64/v8, linux/arm64",
    "linux/arm64/v9, linux/arm64/v9",
    "linux/arm, linux/arm/v7",
    "linux/arm/6, linux/arm/v6",
    "linux/armhf, linux/arm/v7",
    "linux/armel, linux/arm/v6",
    "linux/i386, linux/386",
    "macos/arm64, darwin/arm64",
    "windows/amd64, windows/amd64",
    "linux/riscv64, linux/riscv64"
  })
  void namesAreNormalizedAsContainerdDoes(String text, String normal) {
    assertThat(Platform.parse(text)).hasToString(normal);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "linux", "linux/", "/amd64", "linux/arm/v7/x", "li nux/amd64"})
  void whatIsNoPlatformSaysSo(String text) {
    assertThatThrownBy(() -> Platform.parse(text))
        .isInstanceOf(OciFormatException.class)
        .hasMessageContaining("os/architecture");
  }

  @ParameterizedTest
  @CsvSource({
    "linux/arm64, linux/arm64/v8, true",
    "linux/arm, linux/arm/v7, true",
    "linux/arm/v6, linux/arm/v7, false",
    "linux/amd64, windows/amd64, false",
    "linux/amd64/v3, linux/amd64, false"
  })
  void platformsMatchByOsArchitectureAndVariant(String image, String wanted, boolean matches) {
    assertThat(Platform.parse(image).matches(Platform.parse(wanted))).isEqualTo(matches);
  }

  @Test
  void anAttestationRunsNowhere() {
    assertThat(new Platform("unknown", "unknown").isUnknown()).isTrue();
    assertThat(Platform.host().isUnknown()).isFalse();
  }
}
