package dev.longshore.app.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the rounds of {@link CompositionIT} are enough for, whichever comes first. */
class RoundTest {
  private static final long BIG = 0xffff_fffeL;

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 2, 3, 4, BIG})
  void twoDisturbEachPart(long first) {
    assertThat(Round.of(first, 2).stream().flatMap(Round::disturbed)).containsAll(Part.ALL);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 2, 3, 4, BIG})
  void fiveKillPauseAndCutOffEachPartOnce(long first) {
    for (Function<Round, List<String>> kind :
        List.<Function<Round, List<String>>>of(Round::killed, Round::paused, Round::cut)) {
      Stream<String> parts = Round.of(first, 5).stream().map(kind).flatMap(List::stream);
      assertThat(parts).containsExactlyInAnyOrderElementsOf(Part.ALL);
    }
  }
}
