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
  private static final Instant LATER = NOON.plusSeconds(86_400);

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
  void hasAnIdOfItsOwnForEachLossOfTheSamePeers() {
    String two = LossGuard.of(lost(2), 5).orElseThrow().id();

    assertThat(two).startsWith("lost-20260101T120000Z-");
    assertThat(LossGuard.of(lost(2), 5).orElseThrow().id()).isEqualTo(two);
    assertThat(LossGuard.of(lost(3), 5).orElseThrow().id()).isNotEqualTo(two);
    assertThat(LossGuard.of(Map.of(peer(0), NOON, peer(2), NOON), 5).orElseThrow().id())
        .isNotEqualTo(two);
    assertThat(LossGuard.of(Map.of(peer(0), LATER, peer(1), LATER), 5).orElseThrow().id())
        .isNotEqualTo(two);
  }

  private static PeerName peer(int number) {
    return new PeerName("p" + number);
  }

  private static Map<PeerName, Instant> lost(int count) {
    return IntStream.range(0, count)
        .boxed()
        .collect(Collectors.toMap(i -> peer(i), i -> NOON.plusSeconds(i)));
  }
}
