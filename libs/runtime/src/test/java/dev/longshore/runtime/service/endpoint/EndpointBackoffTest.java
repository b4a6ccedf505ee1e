package dev.longshore.runtime.service.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EndpointBackoffTest {
  private final EndpointBackoff backoff =
      new EndpointBackoff(new SplittableRandom(7), EndpointBackoff.LONGEST);

  @ParameterizedTest
  @CsvSource({"1,1", "2,2", "3,4", "4,8", "5,16", "6,32", "7,60", "8,60", "2000000000,60"})
  void doublesFromOneSecondToSixtyAndIsShortenedByAtMostHalf(int failures, int seconds) {
    for (int i = 0; i < 100; i++) {
      assertThat(backoff.pause(failures, null))
          .isBetween(Duration.ofMillis(seconds * 500L), Duration.ofSeconds(seconds));
    }
  }

  @Test
  void aShorterWishDoesNotShortenThePause() {
    assertThat(backoff.pause(7, Duration.ZERO)).isGreaterThanOrEqualTo(Duration.ofSeconds(30));
  }
}
