package dev.longshore.pinner;

import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.ipfs.node.PinNames;
import dev.longshore.ipfs.node.PinNode;
import dev.longshore.model.Cid;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BiPredicate;

/** What one peer has pinned, and which of it under a name of ours. */
final class PinSet {
  private final CidEnds ours = new CidEnds();
  private final CidEnds others = new CidEnds();
  private final PinSample sample = new PinSample();

  private PinSet() {}

  /**
   * Which pins they are, so that two lists can be compared.
   *
   * @param ours under a name of ours
   * @param others under any other name, or none
   */
  record Print(CidEnds.Print ours, CidEnds.Print others) {}

  /**
   * Reads all pins of a node, as one stream.
   *
   * @param prefix how the names of our pins begin
   * @param eachOfOurs gets root and name of each that is ours, as it comes, and says whether it may
   *     be among the samples
   * @throws KuboException also when the stream broke off: what it did not name may be pinned
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
          }
        },
        deadline);
    pins.ours.sorted();
    pins.others.sorted();
    return pins;
  }

  /** Which they are. */
  Print print() {
    return new Print(ours.print(), others.print());
  }

  /** Some of ours. */
  List<Cid> sample() {
    return sample.taken();
  }

  /** Whether it is pinned, by whomever. */
  boolean contains(Cid root) {
    return ours.contains(root) || others.contains(root);
  }

  /** Whether it is pinned under a name of ours. */
  boolean isOurs(Cid root) {
    return ours.contains(root);
  }
}
