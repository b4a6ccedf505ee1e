package dev.longshore.pinner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.PinState;
import dev.longshore.model.Cid;
import dev.longshore.model.Mode;
import dev.longshore.rules.RuleSettings;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How many copies an image gets is what the strictest rule of its names says now. */
class CopiesOfRulesTest {
  @Test
  void theNamesOfAllSourcesOfADagAreHeard() throws Exception {
    TestSwarm swarm = new TestSwarm(3, List.of(rule("*/team/app", 4, 4), rule("**", 2, 1)));
    Cid dag = swarm.image(1);
    swarm.converted(dag);
    swarm.named("team/other", "v1");
    swarm.alsoFrom("sha256:" + "1".repeat(64), dag, "team/app", "v1");

    PinState state = swarm.pin(dag, 2);

    assertThat(state.wanted()).isEqualTo(4);
    assertThat(state.ingestReleased()).isFalse();
  }

  @Test
  void bringsAnImageToTheCopiesOfItsRuleWhoseEventNeverCame() throws Exception {
    TestSwarm swarm = new TestSwarm(4);
    Cid dag = swarm.image(1);
    swarm.converted(dag);

    PinState state = swarm.again(dag);

    assertThat(state.wanted()).isEqualTo(3);
    assertThat(state.verified()).isEqualTo(3);
    assertThat(state.ingestReleased()).isTrue();
    assertThat(swarm.ingest.pinned()).isEmpty();
  }

  @Test
  void theNameThatAsksForMostCopiesDecides() throws Exception {
    TestSwarm swarm = new TestSwarm(4, List.of(rule("*/team/app", 3), rule("**", 2)));
    Cid dag = swarm.image(1);
    swarm.converted(dag);
    swarm.named("team/app", "v1");
    swarm.named("team/other", "v1");
    swarm.pin(dag, 3);

    PinState state = swarm.pin(dag, 2);

    assertThat(state.wanted()).isEqualTo(3);
    assertThat(state.verified()).isEqualTo(3);
  }

  @Test
  void aRuleThatAsksForFewerCopiesThanBeforeIsHeardByTheRepair() throws Exception {
    TestSwarm swarm = new TestSwarm(2, List.of(rule("**", 2)));
    Cid dag = swarm.image(1);
    assertThat(swarm.pin(dag, 3).isFinished()).isFalse();
    swarm.converted(dag);
    swarm.named("team/app", "v1");

    PinState state = swarm.again(dag);

    assertThat(state.wanted()).isEqualTo(2);
    assertThat(state.isFinished()).isTrue();
  }

  private static RuleSettings rule(String match, int copies) {
    return rule(match, copies, 1);
  }

  private static RuleSettings rule(String match, int copies, int min) {
    return new RuleSettings(match, List.of(Mode.PLAIN), List.of(), copies, min, null);
  }
}
