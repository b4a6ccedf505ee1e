package dev.longshore.app.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class TurnTest {
  @Test
  void eachCommitRunsOneAndThreeThatFollowEachOtherRunAll() {
    assertThat(LongStream.rangeClosed(-1, 1).boxed().map(Turn::of))
        .allSatisfy(ran -> assertThat(ran).hasSize(1))
        .doesNotHaveDuplicates();
  }

  @Test
  void allRunWhereNoCommitSaysWhich() {
    assertThat(Turn.of(null)).contains(KillIT.class, LosslessIT.class, KeepingIT.class);
  }
}
