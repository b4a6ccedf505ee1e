package dev.longshore.resolver.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class LineMeterTest {
  private long nanos = -7;
  private final LineMeter meter = new LineMeter(() -> nanos);

  private void came(Duration after, long bytes) {
    nanos += after.toNanos();
    meter.came(bytes);
  }

  @Test
  void tellsTheRateWhileSomethingComesAndNoneBefore() {
    assertThat(meter.bytesPerSecond()).isNull();
    came(Duration.ZERO, 1_000_000);
    assertThat(meter.bytesPerSecond()).as("nobody knows how long that took").isNull();
    for (int i = 0; i < 9; i++) {
      came(Duration.ofMillis(100), 500);
    }
    assertThat(meter.bytesPerSecond()).as("less than a second").isNull();
    came(Duration.ofMillis(100), 500);

    assertThat(meter.bytesPerSecond()).isEqualTo(5_000);
  }

  @Test
  void pausesDoNotCount() {
    came(Duration.ZERO, 0);
    came(Duration.ofSeconds(2), 2_000);
    came(Duration.ofHours(1), 50);
    came(Duration.ofSeconds(2), 2_000);

    assertThat(meter.bytesPerSecond()).isEqualTo(1_000);
  }

  @Test
  void aLineThatBecameSlowerIsSeen() {
    came(Duration.ZERO, 0);
    for (int i = 0; i < 1_000; i++) {
      came(Duration.ofSeconds(1), 1_000);
    }
    for (int i = 0; i < 2_000; i++) {
      came(Duration.ofSeconds(1), 10);
    }

    assertThat(meter.bytesPerSecond()).isLessThan(150);
  }
}
