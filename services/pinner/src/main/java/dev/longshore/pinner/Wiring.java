package dev.longshore.pinner;

import dev.longshore.runtime.config.PeerSettings;
import dev.longshore.runtime.kafka.step.Step;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The parts built from one version of the settings; knowledge about peers outlives them. */
record Wiring(
    Map<PeerSettings, Peer> opened,
    Peers peers,
    PeerRecords records,
    Repair repair,
    Inventory inventory,
    BlockRepair mending,
    Rebalancer moves,
    Retention retention,
    MoveGuards held,
    LostPeers losses,
    Step step) {
  /** All guards, those that stop nothing included. */
  List<StandingGuard> guards() {
    StandingGuard lost =
        losses
            .guard()
            .map(one -> new StandingGuard("lost", one.peers(), 0, one.since()))
            .orElse(StandingGuard.none("lost"));
    return Stream.concat(Stream.of(lost, retention.guard()), held.standing().stream()).toList();
  }
}
