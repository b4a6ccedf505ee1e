package dev.longshore.pinner;

import dev.longshore.catalog.CatalogRecord;
import dev.longshore.events.CopiesState;
import dev.longshore.events.CopyPhase;
import dev.longshore.ipfs.IpfsDataException;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.ipfs.node.LocalCheck;
import dev.longshore.ipfs.testing.InMemoryIpfsNode;
import dev.longshore.ipfs.testing.MemoryBlocks;
import dev.longshore.model.Cid;
import dev.longshore.model.PeerName;
import dev.longshore.runtime.testing.Eventually;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Blocks whose bytes rot on a peer's disk, and whether they were mended. */
final class RottenBlocks {
  static final long RATE = 1 << 20;

  private RottenBlocks() {}

  static KeptBed bed(String... names) {
    KeptBed bed = new KeptBed(names);
    bed.scrubRate = RATE;
    bed.restart(names);
    return bed;
  }

  /** Goes on until each block of the images hashes, under pins, and is recorded so. */
  static void awaitMended(KeptBed bed, String peer, Cid... images) {
    Eventually.inRounds(
        "mended",
        () -> {
          bed.round();
          return isMended(bed, peer, images);
        });
  }

  static boolean isMended(KeptBed bed, String peer, Cid... images) {
    boolean recorded =
        bed.catalog
            .peers()
            .of(new PeerName(peer))
            .filter(state -> state.unmended().isEmpty())
            .isPresent();
    return recorded
        && Stream.of(images)
            .allMatch(
                image ->
                    bed.verified(image).contains(peer)
                        && bed.node(peer).pinned().containsKey(image)
                        && isWhole(bed.node(peer), image));
  }

  static boolean isWhole(InMemoryIpfsNode node, Cid image) {
    try {
      return node.verifyLocal(image, LocalCheck.REHASH, KeptBed.soon()).bytes() > 0;
    } catch (IpfsDataException | KuboException e) {
      return false;
    }
  }

  static String error(KeptBed bed, Cid image, String peer) {
    return bed.copies(image).stream()
        .filter(copy -> copy.peer().text().equals(peer) && copy.error() != null)
        .map(copy -> copy.error())
        .findFirst()
        .orElse("");
  }

  static void addMending(CatalogRecord record, List<String> states) {
    if (record.value() instanceof CopiesState copies) {
      copies.copies().stream()
          .filter(copy -> copy.state() == CopyPhase.MENDING)
          .forEach(copy -> states.add(copies.imageDag() + " " + copy.peer()));
    }
  }

  /** A block of a layer that is no inner node. */
  static Cid leaf(String layer, int number) throws IOException {
    MemoryBlocks blocks = new MemoryBlocks();
    KeptBed.layer(layer, blocks);
    List<Cid> leaves = new ArrayList<>(blocks.all().keySet());
    leaves.removeIf(cid -> cid.codec() != Cid.RAW);
    return leaves.get(number);
  }
}
