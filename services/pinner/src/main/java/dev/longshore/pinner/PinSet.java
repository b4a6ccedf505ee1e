package dev.longshore.pinner;

import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.hold.HoldNode;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.ipfs.node.PinNames;
import dev.longshore.ipfs.node.PinNode;
import dev.longshore.model.Cid;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BiPredicate;

/** The pins of one peer, and which of them are ours. */
final class PinSet {
  private final CompactCids ours = new CompactCids();
  private final CompactCids others = new CompactCids();
  private final PinSample sample = new PinSample();
  private final List<Cid> holders = new ArrayList<>();

  private PinSet() {}

  /**
   * A fingerprint of the pins, to compare two lists.
   *
   * @param ours pins with a name of ours
   * @param others pins with any other name, or none
   */
  record Print(CompactCids.Print ours, CompactCids.Print others) {}

  /**
   * Reads all pins of a node as one stream.
   *
   * @param prefix of our pin names
   * @param eachOfOurs called with root and name of each of ours as it arrives; decides whether it
   *     may be sampled
   * @throws KuboException also when the stream is cut: other pins may exist
   */
  static PinSet of(
      PinNode node, String prefix, BiPredicate<Cid, String> eachOfOurs, Deadline deadline)
      throws KuboException {
    PinSet pins = new PinSet();
    SplittableRandom random = new SplittableRandom();
    node.pins(
        pin -> {
          if (PinNames.isOf(prefix, pin.name())) {
            pins.ours.add(pin.root());
            if (eachOfOurs.test(pin.root(), pin.name())) {
              pins.sample.add(pin.root(), random);
            }
          } else {
            pins.others.add(pin.root());
            if (HoldNode.mayBe(pin)) {
              pins.holders.add(pin.root());
            }
          }
        },
        deadline);
    pins.ours.sorted();
    pins.others.sorted();
    return pins;
  }

  /** Their fingerprint. */
  Print print() {
    return new Print(ours.print(), others.print());
  }

  /** A sample of ours. */
  List<Cid> sample() {
    return sample.taken();
  }

  /** Those that may hold blocks without being an image's. */
  List<Cid> holders() {
    return List.copyOf(holders);
  }

  /** Whether it is pinned under any name. */
  boolean contains(Cid root) {
    return ours.contains(root) || others.contains(root);
  }

  /** Whether it is pinned under a name of ours. */
  boolean isOurs(Cid root) {
    return ours.contains(root);
  }
}
