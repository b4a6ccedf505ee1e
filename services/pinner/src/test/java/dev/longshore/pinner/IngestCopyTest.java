package dev.longshore.pinner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.PinState;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.node.PinNames;
import dev.longshore.ipfs.node.PinProgress;
import dev.longshore.model.Cid;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The copy on a peer that the converter wrote to. */
class IngestCopyTest {
  private static final String CONVERTERS = "longshore:default:sha256:0a/1b";
  private static final String COPYS = "longshore:default:copy:" + PinBed.DIGEST;

  private final TestSwarm swarm = TestSwarm.keepingAtIngest(2);

  @Test
  void thePinOfTheConverterIsTheCopys() throws Exception {
    Cid dag = pinnedAs(CONVERTERS);

    PinState state = swarm.pin(dag, 3);

    assertThat(state.verified()).isEqualTo(3);
    assertThat(swarm.ingest.pinned()).as("not made anew").containsEntry(dag, CONVERTERS);
    assertThat(swarm.node("a").pinned()).containsEntry(dag, COPYS);
  }

  @Test
  void isNoCopyWhileThePeerLacksABlock() throws Exception {
    Cid dag = pinnedAs(CONVERTERS);
    Set<Cid> blocks = swarm.ingest.storedBlocks();
    swarm.ingest.lose(blocks.stream().filter(block -> !block.equals(dag)).findAny().orElseThrow());

    assertThat(swarm.pin(dag, 3).verified()).isZero();
  }

  @Test
  void isMadeWhereTheConvertersPinIsGone() throws Exception {
    Cid dag = pinnedAs(CONVERTERS);
    assertThat(swarm.ingest.unpin(dag, PinBed.OURS, soon())).isTrue();

    assertThat(swarm.pin(dag, 3).verified()).isEqualTo(3);
    assertThat(swarm.ingest.pinned()).containsEntry(dag, COPYS);
  }

  @ParameterizedTest
  @ValueSource(strings = {PinNames.PULLED, "longshore:default:site:one", "longshore:sha256:0a/1b"})
  void takesOverThePinOfOneThatLetsGoOfIt(String name) throws Exception {
    Cid dag = pinnedAs(CONVERTERS);
    assertThat(swarm.ingest.unpin(dag, PinBed.OURS, soon())).isTrue();
    pin(dag, name);

    assertThat(swarm.pin(dag, 3).verified()).isEqualTo(3);
    assertThat(swarm.ingest.pinned()).containsEntry(dag, COPYS);
  }

  private Cid pinnedAs(String name) throws Exception {
    Cid dag = swarm.image(1);
    pin(dag, name);
    return dag;
  }

  private void pin(Cid dag, String name) throws Exception {
    swarm.ingest.pin(dag, name, TestSwarm.STALL, soon(), PinProgress.NONE);
  }

  private static Deadline soon() {
    return Deadline.after(Duration.ofSeconds(5));
  }
}
