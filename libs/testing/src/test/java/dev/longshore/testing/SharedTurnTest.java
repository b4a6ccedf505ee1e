package dev.longshore.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SharedTurnTest {
  private static final int COMMITS = 3_000;

  @ParameterizedTest
  @EnumSource
  void eachHasItsTurnAboutAsOftenAsTheOthers(SharedTurn turn) {
    var runs =
        LongStream.range(0, COMMITS)
            .mapToObj(turn::of)
            .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));

    assertThat(runs).hasSize(3);
    assertThat(runs.values()).allMatch(times -> times > COMMITS / 4);
  }

  @ParameterizedTest
  @EnumSource
  void aTestThatIsNoneOfThemIsRefused(SharedTurn turn) {
    assertThatThrownBy(() -> turn.isOf(SharedTurnTest.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("SharedTurnTest takes no turns with");
  }
}
