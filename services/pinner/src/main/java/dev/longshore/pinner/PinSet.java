package dev.longshore.pinner;

import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.kubo.KuboException;
import dev.longshore.ipfs.kubo.PinNode;
import dev.longshore.model.Cid;
import java.util.Arrays;

/**
 * What one peer has pinned, in eight bytes a pin: the end of each CID, which is that of its hash.
 * Of the pins of a million images two have the same end with a chance of one in 10^7.
 */
final class PinSet {
  private long[] ends = new long[1024];
  private int size;

  private PinSet() {}

  /**
   * Reads all pins of a node, as one stream.
   *
   * @throws KuboException also when the stream broke off: what it did not name may be pinned
   */
  static PinSet of(PinNode node, Deadline deadline) throws KuboException {
    PinSet pins = new PinSet();
    node.pins(pin -> pins.add(pin.root()), deadline);
    Arrays.sort(pins.ends, 0, pins.size);
    return pins;
  }

  private void add(Cid root) {
    if (size == ends.length) {
      ends = Arrays.copyOf(ends, 2 * size);
    }
    ends[size++] = end(root);
  }

  boolean contains(Cid root) {
    return Arrays.binarySearch(ends, 0, size, end(root)) >= 0;
  }

  private static long end(Cid root) {
    byte[] bytes = root.bytes();
    long end = 0;
    for (int i = Math.max(0, bytes.length - Long.BYTES); i < bytes.length; i++) {
      end = (end << 8) | (bytes[i] & 0xff);
    }
    return end;
  }
}
