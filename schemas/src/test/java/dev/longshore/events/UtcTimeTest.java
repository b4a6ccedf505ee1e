package dev.longshore.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UtcTimeTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "2026-03-01T12:00:00Z",
        "2026-03-01T12:00:00.5Z",
        "2024-02-29T23:59:59.000000001Z",
        "1969-12-31T23:59:59.999999999Z",
        "0000-01-01T00:00:00Z",
        "9999-12-31T23:59:59.999Z"
      })
  void readsWhatTheJdkReads(String text) {
    assertThat(UtcTime.read(text)).contains(Instant.parse(text));
  }

  @Test
  void readsEveryTimeThatTheJdkWrites() {
    Random random = new Random(7);
    for (int i = 0; i < 10_000; i++) {
      Instant time =
          Instant.ofEpochSecond(
              random.nextLong(-62_167_219_200L, 253_402_300_800L),
              random.nextBoolean() ? random.nextInt(1_000_000_000) : 0);
      assertThat(UtcTime.read(time.toString())).contains(time);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Z",
        "2026-03-01T12:00Z",
        "2026-03-01T12:00:00",
        "2026-03-01T12:00:00+01:00",
        "2026-03-01t12:00:00z",
        "2026-03-01T24:00:00Z",
        "2026-03-01T12:00:60Z",
        "2026-02-29T12:00:00Z",
        "2026-03-01T12:00:00.Z",
        "2026-03-01T12:00:00.1234567890Z",
        "2026-03-01T12:00:00.12a4Z",
        "+12026-03-01T12:00:00Z",
        "2026-03-01T12:00:0\u0661Z"
      })
  void leavesOtherFormsToTheJdk(String text) {
    assertThat(UtcTime.read(text)).isEmpty();
  }
}
