package dev.longshore.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.model.PeerName;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LossGuardTest {
  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

  @ParameterizedTest
  @CsvSource({
    "0, 3, false",
    "1, 1, false",
    "1, 2, false",
    "2, 3, true",
    "2, 19, true",
    "2, 20, false",
    "3, 29, true",
    "3, 30, false"
  })
  void stopsWhereMoreThanOneAndMoreThanATenthAreLost(int lost, int keepers, boolean stops) {
    assertThat(LossGuard.of(lost(lost), keepers).isPresent()).isEqualTo(stops);
  }

  @Test
  void keepsItsIdWhenAnotherPeerIsLostAndCountsIt() {
    LossGuard two = LossGuard.of(lost(2), 5).orElseThrow();
    LossGuard three = LossGuard.of(lost(3), 5).orElseThrow();

    assertThat(two.id()).isEqualTo("lost-20260101T120000Z");
    assertThat(three.id()).isEqualTo(two.id());
    assertThat(three.count()).isEqualTo(3);
  }

  private static Map<PeerName, Instant> lost(int count) {
    return IntStream.range(0, count)
        .boxed()
        .collect(Collectors.toMap(i -> new PeerName("p" + i), i -> NOON.plusSeconds(i)));
  }
}
