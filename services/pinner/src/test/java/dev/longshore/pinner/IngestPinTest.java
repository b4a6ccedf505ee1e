package dev.longshore.pinner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.PinState;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.testing.InMemoryIpfsNode;
import dev.longshore.model.Cid;
import dev.longshore.model.Mode;
import dev.longshore.rules.RuleSettings;
import dev.longshore.runtime.testing.Eventually;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** The ingest peer keeps an image until enough others hold it, and no longer. */
class IngestPinTest {
  /** Longer than anything here takes. */
  private static final Duration SOME_TIME = Duration.ofMinutes(1);

  @Test
  void bringsAnImageToItsCopiesAndThenReleasesTheIngestPin() throws Exception {
    TestSwarm swarm = new TestSwarm(4);
    Cid dag = swarm.image(1);

    PinState state = swarm.pin(dag, 3);

    assertThat(state.verified()).isEqualTo(3);
    assertThat(state.isFinished()).isTrue();
    assertThat(swarm.nodes.stream().filter(n -> n.pinned().containsKey(dag))).hasSize(3);
    assertThat(swarm.ingest.pinned()).isEmpty();
  }

  @Test
  void copiesAreRecordedBeforeTheIngestPeerIsAskedToLetGo() throws Exception {
    TestSwarm swarm = new TestSwarm(3);
    swarm.pace(SOME_TIME, SOME_TIME);

    swarm.pin(swarm.image(1), 3);

    assertThat(swarm.published.stream().map(PinState::verified)).containsExactly(3, 3);
    assertThat(swarm.published.stream().map(PinState::ingestReleased)).containsExactly(false, true);
  }

  @Test
  void copiesThatCameAfterTheFirstAreRecordedBeforeTheIngestPeerIsAskedToLetGo() throws Exception {
    TestSwarm swarm = new TestSwarm(3);
    swarm.pace(SOME_TIME, Duration.ofMillis(1));
    swarm.pin(swarm.image(1), 3); // else peers that are new are recorded in any case
    swarm.published.clear();
    CountDownLatch b = swarm.node("b").trouble().holdCalls();
    CountDownLatch c = swarm.node("c").trouble().holdCalls();

    try (var _ =
        swarm.catalog.onChange(
            record -> {
              if (record.value() instanceof PinState pin && pin.verified() == 1) {
                b.countDown();
                c.countDown();
              }
            })) {
      swarm.pin(swarm.image(2), 3);
    }

    assertThat(swarm.published.stream().filter(pin -> pin.verified() == 3))
        .extracting(PinState::ingestReleased)
        .containsExactly(false, true);
  }

  @Test
  void keepsTheIngestPinWhileNoCopyIsVerified() throws Exception {
    TestSwarm swarm = new TestSwarm(3);
    Cid dag = swarm.image(1);
    swarm.nodes.forEach(node -> node.trouble().goDown());

    PinState state = swarm.pin(dag, 3);

    assertThat(state.verified()).isZero();
    assertThat(state.ingestReleased()).isFalse();
    assertThat(swarm.ingest.pinned()).containsKey(dag);
  }

  @Test
  void releasesTheIngestPinAfterARepairFromTheSameNumberOfCopiesOn() throws Exception {
    TestSwarm swarm = new TestSwarm(2);
    Cid dag = swarm.image(1);
    swarm.converted(dag);
    swarm.nodes.forEach(node -> node.trouble().goDown());
    assertThat(swarm.pin(dag, 3).ingestReleased()).isFalse();
    swarm.nodes.forEach(node -> node.trouble().clear());
    swarm.clock.advance(Duration.ofSeconds(2));
    swarm.repair();

    PinState state = swarm.again(dag);

    assertThat(state.verified()).isEqualTo(2);
    assertThat(state.ingestReleased()).isTrue();
    assertThat(swarm.ingest.pinned()).isEmpty();
  }

  @Test
  void keepsTheIngestPinUntilTheStrictestOfItsNamesHasEnough() throws Exception {
    TestSwarm swarm = new TestSwarm(2, List.of(rule("*/team/app", 3, 3), rule("**", 3, 1)));
    Cid dag = swarm.image(1);
    swarm.converted(dag);
    swarm.named("team/other", "v1");
    swarm.named("team/app", "v1");

    assertThat(swarm.pin(dag, 3).ingestReleased()).isFalse();
    assertThat(swarm.ingest.pinned()).containsKey(dag);
  }

  /** It may be all that is left of the image, if they do not come back. */
  @Test
  void keepsTheIngestPinWhileThePeersOfTheCopiesAreAway() throws Exception {
    try (KeptBed bed = new KeptBed("a", "b")) {
      Cid dag = bed.image("app", 2);
      bed.round();
      bed.node("a").trouble().goDown();
      bed.node("b").trouble().goDown();
      bed.rounds(Duration.ofMinutes(1));

      assertThat(bed.pushed("app", 2)).isEqualTo(dag);
      bed.rounds(Duration.ofMinutes(5));

      assertThat(bed.ingest.pinned()).containsKey(dag);
      assertThat(bed.pin(dag).ingestReleased()).isFalse();
      assertThat(bed.verified(dag)).containsExactlyInAnyOrder("a", "b");
      int asked = bed.nudged.size();
      bed.rounds(Duration.ofMinutes(5));
      assertThat(bed.nudged).as("nobody is asked in vain").hasSize(asked);

      bed.node("a").trouble().clear();
      bed.node("b").trouble().clear();
      bed.rounds(Duration.ofMinutes(3));

      Eventually.await("its end", () -> bed.ingest.pinned().isEmpty());
    }
  }

  private static RuleSettings rule(String match, int copies, int min) {
    return new RuleSettings(match, List.of(Mode.PLAIN), List.of(), copies, min, null);
  }

  @Test
  void losesNothingWhileReleaseRepushAndGarbageCollectionAlternate() throws Exception {
    TestSwarm swarm = new TestSwarm(3);
    for (int round = 0; round < 20; round++) {
      Cid dag = swarm.image(7);
      swarm.pin(dag, 3);
      swarm.ingest.collectGarbage(soon());
      for (InMemoryIpfsNode node : swarm.nodes) {
        node.collectGarbage(soon());
        assertThat(
                node.verifyLocal(dag, dev.longshore.ipfs.node.LocalCheck.REHASH, soon()).blocks())
            .isPositive();
      }
      assertThat(swarm.ingest.storedBlocks()).isEmpty();
    }
  }

  private static Deadline soon() {
    return Deadline.after(Duration.ofSeconds(5));
  }
}
