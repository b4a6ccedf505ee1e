package dev.longshore.runtime.kafka.follow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.testing.ManualClock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ReadProgressTest {
  private static final Instant START = Instant.parse("2026-12-01T08:00:00Z");
  private final ManualClock clock = new ManualClock(START);
  private final ReadProgress progress = new ReadProgress(clock);

  @Test
  void aFirstReadTurnsWithEachRecord() {
    progress.begin();
    assertThat(progress.turnedAt()).as("nothing came so far").isEmpty();
    progress.movedOn();
    clock.advance(Duration.ofMinutes(40));
    progress.movedOn();

    assertThat(progress.turnedAt()).contains(START.plus(Duration.ofMinutes(40)));
    assertThat(progress.completeAt()).isEmpty();

    clock.advance(Duration.ofMinutes(40));
    assertThat(progress.turnedAt())
        .as("one that hangs in the middle is seen")
        .contains(START.plus(Duration.ofMinutes(40)));
  }

  @Test
  void onceItKnewEverythingRecordsAloneAreNoTurn() {
    progress.begin();
    progress.movedOn();
    progress.complete(START);
    clock.advance(Duration.ofMinutes(40));
    progress.movedOn();

    assertThat(progress.turnedAt()).contains(START);
  }

  @Test
  void aSessionThatBeginsAnewReadsOn() {
    progress.complete(START);
    clock.advance(Duration.ofMinutes(40));
    progress.begin();
    assertThat(progress.turnedAt()).contains(START);
    progress.movedOn();

    assertThat(progress.turnedAt()).contains(clock.instant());
    progress.complete(clock.instant());
    assertThat(progress.completeAt()).contains(clock.instant());
  }
}
