package dev.longshore.ipfs.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.ipfs.BadBlockException;
import dev.longshore.ipfs.Block;
import dev.longshore.ipfs.node.Fault;
import dev.longshore.ipfs.node.HeldImport;
import dev.longshore.ipfs.node.LocalCheck;
import dev.longshore.ipfs.node.Reach;
import dev.longshore.ipfs.node.RecursivePin;
import dev.longshore.model.Cid;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What a node collects and removes, and what an import holds against that; a part of {@link
 * IpfsNodeConformance}.
 */
public abstract class GarbageConformance extends PinConformance {
  @Test
  void findsRotWhenItHashes() throws Exception {
    first().importCar(dag.car(), soon());
    corrupt(first(), dag.leaf());

    assertThatThrownBy(() -> first().verifyLocal(dag.root(), LocalCheck.REHASH, soon()))
        .isInstanceOf(BadBlockException.class)
        .hasMessageContaining(dag.leaf().toString());
    assertThatThrownBy(() -> first().block(dag.leaf(), Reach.LOCAL, soon()))
        .isInstanceOf(BadBlockException.class);
    lose(first(), dag.leaf());
  }

  @Test
  void removesABlockThatNoPinReaches() throws Exception {
    first().importCar(dag.car(), soon());
    pin(first(), dag.root(), "longshore:here:one");

    assertThat(first().removeBlock(dag.leaf(), soon()).orElse("")).contains("pinned");
    assertThat(first().removeBlock(dag.root(), soon()).orElse("")).contains("pinned");
    assertThat(first().holds(dag.leaf(), soon())).isTrue();

    first().unpin(dag.root(), "longshore:here:", soon());
    assertThat(first().removeBlock(dag.leaf(), soon())).isEmpty();
    assertThat(first().holds(dag.leaf(), soon())).isFalse();
    assertThat(first().removeBlock(dag.leaf(), soon())).as("it is not there").isEmpty();
  }

  @Test
  void mendsARottenBlockThatWasUnpinnedRemovedAndImportedAgain() throws Exception {
    first().importCar(dag.car(), soon());
    pin(first(), dag.root(), "longshore:here:one");
    corrupt(first(), dag.leaf());
    first().importCar(dag.car(), soon());
    assertThatThrownBy(() -> first().block(dag.leaf(), Reach.LOCAL, soon()))
        .as("an import alone leaves it")
        .isInstanceOf(BadBlockException.class);

    first().unpin(dag.root(), "longshore:here:", soon());
    assertThat(first().removeBlock(dag.leaf(), soon())).isEmpty();
    first().importCar(dag.car(), soon());
    pin(first(), dag.root(), "longshore:here:one");

    assertThat(first().verifyLocal(dag.root(), LocalCheck.REHASH, soon()).blocks())
        .isEqualTo(dag.blockCount());
  }

  @Test
  void collectsWhatNoPinReaches() throws IOException {
    SampleDag kept = new SampleDag(SEEDS.incrementAndGet());
    first().importCar(dag.car(), soon());
    first().importCar(kept.car(), soon());
    pin(first(), kept.root(), "kept");

    long removed = first().collectGarbage(soon());

    assertThat(removed).isGreaterThanOrEqualTo(dag.blockCount());
    assertThat(first().holds(dag.leaf(), soon())).isFalse();
    assertThat(first().verifyLocal(kept.root(), LocalCheck.PRESENCE, soon()).blocks())
        .isEqualTo(kept.blockCount());
    assertThat(first().unpin(kept.root(), "kept", soon())).isTrue();
  }

  /** A raw CID names the same block as that of a node, and says nothing of what it links. */
  @Test
  void holdsWhatItImportsInTheSameCallUntilItIsLetGo() throws IOException {
    List<Cid> alone = new ArrayList<>();
    Block holder;
    try (HeldImport held = first().importHeld(soon(), soon().remaining())) {
      dag.car()
          .writeTo(
              (cid, bytes, offset, length) -> {
                held.put(cid, bytes, offset, length);
                alone.add(Cid.raw(cid.digest()));
              });
      holder = SampleDag.linking(alone);
      held.hold(holder);
    }
    assertThat(pinsOf(first())).contains(new RecursivePin(holder.cid(), ""));

    first().collectGarbage(soon());
    assertThat(first().verifyLocal(dag.root(), LocalCheck.REHASH, soon()).blocks())
        .isEqualTo(dag.blockCount());

    Cid gone = SampleDag.linking(List.of(dag.root())).cid();
    first().unpinAll(List.of(gone, holder.cid()), soon());
    first().collectGarbage(soon());
    assertThat(first().holds(dag.leaf(), soon())).isFalse();
  }

  @Test
  void twoHoldersOfOneDagHoldItTwice() throws IOException {
    first().importCar(dag.car(), soon());
    Block one = SampleDag.linking(List.of(dag.root()));
    Block other = SampleDag.linking(List.of(dag.root(), dag.bigFile()));
    hold(one);
    hold(other);

    first().unpinAll(List.of(one.cid()), soon());
    first().collectGarbage(soon());

    assertThat(first().verifyLocal(dag.root(), LocalCheck.PRESENCE, soon()).blocks())
        .isEqualTo(dag.blockCount());
    first().unpinAll(List.of(other.cid()), soon());
  }

  private void hold(Block holder) throws IOException {
    try (HeldImport held = first().importHeld(soon(), soon().remaining())) {
      held.hold(holder);
    }
  }

  @Test
  void anImportThatIsBrokenOffHoldsNothing() throws IOException {
    try (HeldImport held = first().importHeld(soon(), soon().remaining())) {
      dag.car().writeTo(held);
    }

    first().collectGarbage(soon());
    assertThat(first().holds(dag.leaf(), soon())).isFalse();
  }

  @Test
  void aHolderOfMissingBlocksIsNotPinned() throws Exception {
    first().importCar(dag.car(), soon());
    lose(first(), dag.leaf());
    Block holder = SampleDag.linking(List.of(dag.root()));

    Fault fault =
        faultOf(
            () -> {
              try (HeldImport held = first().importHeld(atOnce(), atOnce().remaining())) {
                held.hold(holder);
              }
            });

    assertThat(fault).isIn(Fault.TIMEOUT, Fault.STALLED);
    assertThat(first().isPinned(holder.cid(), soon())).isFalse();
  }
}
