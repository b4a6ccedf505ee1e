package dev.longshore.pinner;

import dev.longshore.runtime.config.PeerSettings;
import dev.longshore.runtime.kafka.step.Step;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What is made of the same settings: as at a start, but for what is known of the peers. */
record Wiring(
    Map<PeerSettings, Peer> opened,
    Peers peers,
    PeerRecords records,
    Repair repair,
    Inventory inventory,
    Mending mending,
    Moves moves,
    Retention retention,
    HeldMoves held,
    Losses losses,
    Step step) {
  /** What guards stop now, and those that stop nothing. */
  List<StandingGuard> guards() {
    StandingGuard lost =
        losses
            .guard()
            .map(one -> new StandingGuard("lost", one.peers(), 0, one.since()))
            .orElse(StandingGuard.none("lost"));
    return Stream.concat(Stream.of(lost), held.standing().stream()).toList();
  }
}
