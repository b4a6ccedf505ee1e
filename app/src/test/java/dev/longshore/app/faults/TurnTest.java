package dev.longshore.app.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.app.deploy.CompositionIT;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class TurnTest {
  private static final int COMMITS = 2_000;
  private static final List<Class<?>> ALL =
      List.of(KillIT.class, LosslessIT.class, KeepingIT.class, CompositionIT.class);

  @Test
  void eachCommitRunsOneAndNoneIsLeftOut() {
    assertThat(LongStream.range(0, COMMITS).mapToObj(Turn::of))
        .allSatisfy(ran -> assertThat(ran).hasSize(1))
        .flatMap(ran -> ran)
        .containsAll(ALL);
  }

  /** Which fault, program or round it is says the commit's number, too. */
  @Test
  void whatATestChoosesByTheCommitIsNotTiedToItsTurn() {
    for (Class<?> test : ALL) {
      for (int choices = 2; choices <= 12; choices++) {
        int among = choices;
        assertThat(
                LongStream.range(0, COMMITS)
                    .filter(commit -> Turn.of(commit).contains(test))
                    .map(commit -> commit % among)
                    .distinct())
            .as("%s of %d", test.getSimpleName(), among)
            .hasSize(among);
      }
    }
  }

  @Test
  void allRunWhereNoCommitSaysWhich() {
    assertThat(Turn.of(null)).containsAll(ALL);
  }
}
