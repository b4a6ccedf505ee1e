package dev.longshore.pinner;

import static dev.longshore.catalog.testing.Samples.dag;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.catalog.testing.Samples;
import dev.longshore.events.PinState;
import dev.longshore.testing.ManualClock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Many parts of a pinner may find the same image to need attention. */
class NudgesTest {
  private final ManualClock clock = new ManualClock(Samples.NOW);
  private final Nudges nudges = new Nudges(clock);
  private final List<String> nudged = new ArrayList<>();

  @Test
  void ofOneKeyOneRequestWaitsUntilItsStepBegins() {
    assertThat(nudges.ask(dag(1), nudged::add)).isTrue();
    assertThat(nudges.ask(dag(1), nudged::add)).isTrue();
    assertThat(nudges.ask(dag(2), nudged::add)).isTrue();
    assertThat(nudged).containsExactly(PinState.key(dag(1)), PinState.key(dag(2)));

    nudges.began(PinState.key(dag(1)));
    assertThat(nudges.ask(dag(1), nudged::add)).isTrue();
    assertThat(nudged).hasSize(3);
  }

  @Test
  void whatWasRefusedDoesNotWait() {
    assertThat(nudges.ask(dag(1), _ -> false)).isFalse();
    assertThat(nudges.ask(dag(1), nudged::add)).isTrue();
    assertThat(nudged).hasSize(1);
  }

  /** It went with the partition that it waited in. */
  @Test
  void aRequestThatNeverBeginsIsRepeated() {
    assertThat(nudges.ask(dag(1), nudged::add)).isTrue();
    clock.advance(Nudges.LOST_AFTER.minusMillis(1));
    assertThat(nudges.ask(dag(1), nudged::add)).isTrue();
    assertThat(nudged).hasSize(1);

    clock.advance(Nudges.LOST_AFTER);
    assertThat(nudges.ask(dag(1), nudged::add)).isTrue();
    assertThat(nudged).hasSize(2);
  }
}
