package dev.longshore.pinner;

import java.time.Duration;
import java.util.Optional;

/**
 * Why a block is not mended.
 *
 * @param pause minimal time to the next try
 */
record RepairObstacle(String why, Duration pause) {
  static Optional<RepairObstacle> passing(String why) {
    return Optional.of(new RepairObstacle(why, Duration.ZERO));
  }

  static Optional<RepairObstacle> ofPin(String what, Peer peer, Object pinned) {
    String why =
        "%s on %s: an operator has to remove it there with ipfs pin rm %s"
            .formatted(what, peer.name(), pinned);
    return Optional.of(new RepairObstacle(why, BlockRepair.AGAIN));
  }
}
