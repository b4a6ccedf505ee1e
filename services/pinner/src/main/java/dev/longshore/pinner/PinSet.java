package dev.longshore.pinner;

import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.ipfs.node.PinNames;
import dev.longshore.ipfs.node.PinNode;
import dev.longshore.model.Cid;
import java.util.function.Consumer;

/** What one peer has pinned, and which of it under a name of ours. */
final class PinSet {
  private final CidEnds ours = new CidEnds();
  private final CidEnds others = new CidEnds();

  private PinSet() {}

  /**
   * Reads all pins of a node, as one stream.
   *
   * @param prefix how the names of our pins begin
   * @param eachOfOurs gets the root of each that is ours, as it comes
   * @throws KuboException also when the stream broke off: what it did not name may be pinned
   */
  static PinSet of(PinNode node, String prefix, Consumer<Cid> eachOfOurs, Deadline deadline)
      throws KuboException {
    PinSet pins = new PinSet();
    node.pins(
        pin -> {
          if (PinNames.isOf(prefix, pin.name())) {
            pins.ours.add(pin.root());
            eachOfOurs.accept(pin.root());
          } else {
            pins.others.add(pin.root());
          }
        },
        deadline);
    pins.ours.sorted();
    pins.others.sorted();
    return pins;
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
