package dev.longshore.catalog;

import dev.longshore.events.PinState;
import java.util.List;

/**
 * An image DAG that the pinner keeps.
 *
 * @param pin how many copies there are to be, and are
 * @param copies each of them
 */
public record PinnedDag(PinState pin, List<PeerCopy> copies) {
  public PinnedDag {
    copies = List.copyOf(copies);
  }

  /**
   * The record with an entry for each copy, as the first releases wrote it and the APIs tell it.
   */
  public PinState inOne() {
    return new PinState(
        pin.imageDag(),
        pin.wanted(),
        copies.stream().map(PinnedDag::entry).toList(),
        pin.ingestPeer(),
        pin.ingestReleased(),
        pin.changedAt(),
        pin.min(),
        pin.verified(),
        pin.firstVerifiedAt(),
        pin.minVerifiedAt(),
        pin.allVerifiedAt(),
        pin.state(),
        pin.stateSince());
  }

  private static PinState.Copy entry(PeerCopy copy) {
    return new PinState.Copy(
        copy.peer(),
        copy.zone(),
        copy.peerId(),
        copy.addresses(),
        copy.status(),
        copy.bytes(),
        copy.error(),
        copy.changedAt());
  }
}
