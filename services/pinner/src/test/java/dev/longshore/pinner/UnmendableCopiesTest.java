package dev.longshore.pinner;

import static dev.longshore.pinner.RottenBlocks.awaitMended;
import static dev.longshore.pinner.RottenBlocks.bed;
import static dev.longshore.pinner.RottenBlocks.error;
import static dev.longshore.pinner.RottenBlocks.isWhole;
import static dev.longshore.pinner.RottenBlocks.leaf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.CopyPhase;
import dev.longshore.ipfs.node.PinProgress;
import dev.longshore.ipfs.testing.MemoryBlocks;
import dev.longshore.model.Cid;
import dev.longshore.runtime.testing.Eventually;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What rotted and cannot be mended is left as it is, and said. */
@Timeout(60)
class UnmendableCopiesTest {
  private static final Duration WHILE = Duration.ofMinutes(5);

  @Test
  void aPinOfSomebodyElseThatHoldsItIsForAnOperator() throws Exception {
    try (KeptBed bed = bed("a", "b", "c")) {
      Cid image = bed.layered(3, "one");
      Cid file = KeptBed.layer("one", new MemoryBlocks()).cid();
      bed.node("a").pin(file, "theirs", WHILE, KeptBed.soon(), PinProgress.NONE);
      Cid rotten = leaf("one", 3);
      bed.node("a").corrupt(rotten);

      Eventually.inRounds(
          "it is said",
          () -> {
            bed.round();
            String error = error(bed, image, "a");
            return error.contains("an operator has to remove it there with ipfs pin rm")
                && error.contains(rotten.toString())
                && error.contains(" on a");
          });
      assertThat(bed.node("a").pinned())
          .containsEntry(file, "theirs")
          .containsEntry(image, "longshore:default:copy:" + PinBed.DIGEST);
      assertThat(bed.copy(image, "a").state()).isEqualTo(CopyPhase.MENDING);

      bed.node("a").unpin(file, "theirs", KeptBed.soon());
      bed.rounds(BlockRepair.AGAIN);
      awaitMended(bed, "a", image);
    }
  }

  @Test
  void anImageThatSomebodyElsePinnedIsLeftAlone() throws Exception {
    try (KeptBed bed = bed("a", "b")) {
      Cid image = bed.layered(2, "one");
      bed.node("a").unpin(image, PinBed.OURS, KeptBed.soon());
      bed.node("a").pin(image, "theirs", WHILE, KeptBed.soon(), PinProgress.NONE);
      bed.node("a").corrupt(leaf("one", 3));

      Eventually.inRounds(
          "it is said",
          () -> {
            bed.round();
            return error(bed, image, "a").contains("ipfs pin rm " + image);
          });
      assertThat(bed.node("a").pinned()).containsEntry(image, "theirs");
      assertThat(bed.node("a").storedBlocks()).contains(leaf("one", 3));
    }
  }

  /** Its record says that it is gone, or is about to. */
  @Test
  void aPinOfOursThatHoldsItIsNoneForAnOperator() throws Exception {
    try (KeptBed bed = bed("a", "b", "c")) {
      Cid image = bed.layered(3, "one");
      Cid file = KeptBed.layer("one", new MemoryBlocks()).cid();
      bed.node("a").pin(file, "longshore:default:copy", WHILE, KeptBed.soon(), PinProgress.NONE);
      bed.node("a").corrupt(leaf("one", 3));

      Eventually.inRounds(
          "it is said",
          () -> {
            bed.round();
            return error(bed, image, "a").contains("our pin of " + file);
          });
      assertThat(error(bed, image, "a")).doesNotContain("ipfs pin rm");
      assertThat(bed.node("a").pinned()).containsKeys(file, image);

      bed.node("a").unpin(file, PinBed.OURS, KeptBed.soon());
      awaitMended(bed, "a", image);
    }
  }

  @Test
  void whatNobodyElseHasIsLeftAsItIs() throws Exception {
    try (KeptBed bed = bed("a", "b")) {
      Cid image = bed.layered(2, "one");
      bed.node("a").corrupt(leaf("one", 3));
      bed.node("b").corrupt(leaf("one", 3));

      Eventually.inRounds(
          "it is said",
          () -> {
            bed.round();
            return Stream.of("a", "b")
                .allMatch(peer -> error(bed, image, peer).contains("no other peer"));
          });
      bed.rounds(Duration.ofMinutes(40));
      for (String peer : List.of("a", "b")) {
        assertThat(bed.node(peer).pinned()).containsKey(image);
        assertThat(bed.node(peer).storedBlocks()).contains(leaf("one", 3));
      }
    }
  }

  @Test
  void anImageThatCannotBeReadAnywhereKeepsNoOtherFromBeingMended() throws Exception {
    try (KeptBed bed = bed("a", "b")) {
      Cid lost = bed.layered(2, "lost");
      Cid image = bed.layered(2, "one");
      bed.node("a").corrupt(lost);
      bed.node("b").corrupt(lost);
      bed.node("a").corrupt(leaf("one", 3));

      Eventually.inRounds(
          "mended",
          () -> {
            bed.round();
            return bed.verified(image).contains("a") && isWhole(bed.node("a"), image);
          });
      assertThat(bed.node("a").pinned()).containsKeys(lost, image);
    }
  }
}
