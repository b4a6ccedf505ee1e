package dev.longshore.app.query.list;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.app.query.find.Sizes;
import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.CopiesOfPeer;
import dev.longshore.events.PeerPhase;
import dev.longshore.events.PeerState;
import dev.longshore.model.PeerName;
import dev.longshore.runtime.config.PeerSettings;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A peer as {@code peer list} shows it.
 *
 * @param configured whether the settings still have it
 * @param state what the pinner recorded of it; none until it first did
 * @param copies what it has
 */
public record ListedPeer(
    String name, String zone, boolean configured, Optional<PeerState> state, CopiesOfPeer copies) {
  public String line(Instant now) {
    StringBuilder line = new StringBuilder(name).append(" (").append(zone).append(") ");
    if (state.isEmpty()) {
      return line.append("not recorded yet: has the pinner run?").toString();
    }
    PeerState known = state.get();
    if (!configured) {
      return line.append("no longer in the settings; it was ")
          .append(text(known.state()))
          .append(held())
          .toString();
    }
    line.append(text(known.state())).append(" for ").append(time(known.stateSince(), now));
    if (known.fullSince() != null) {
      line.append(", full for ").append(time(known.fullSince(), now));
    }
    if (known.onHoldSince() != null) {
      line.append(", on hold for ").append(time(known.onHoldSince(), now));
    }
    if (known.drainingSince() != null) {
      line.append(", draining for ").append(time(known.drainingSince(), now));
    }
    return line.append(held()).append(unknown(known)).toString();
  }

  private String held() {
    return "; %d copies, %s".formatted(copies.copies(), Sizes.text(copies.bytes()));
  }

  private static String unknown(PeerState known) {
    return known.unknownPins() == null
        ? ""
        : ", and %d pins that no record knows".formatted(known.unknownPins());
  }

  public void put(ObjectNode node) {
    node.put("copies", copies.copies()).put("bytes", copies.bytes());
    node.put("name", name).put("zone", zone).put("configured", configured);
    state.ifPresent(
        known -> {
          node.put("state", text(known.state()));
          node.put("since", known.stateSince().toString());
          node.put("peerId", known.peerId());
          known.addresses().forEach(node.withArray("addresses")::add);
          node.put("unknownPins", known.unknownPins() == null ? 0 : known.unknownPins());
          if (known.freeBytes() != null) {
            node.put("freeBytes", known.freeBytes()).put("totalBytes", known.totalBytes());
          }
          if (known.fullSince() != null) {
            node.put("fullSince", known.fullSince().toString());
          }
          if (known.onHoldSince() != null) {
            node.put("onHoldSince", known.onHoldSince().toString());
          }
          if (known.drainingSince() != null) {
            node.put("drainingSince", known.drainingSince().toString());
          }
        });
  }

  private static String text(PeerPhase phase) {
    return phase.name().toLowerCase(Locale.ROOT);
  }

  /** In the largest unit that there is one of, as people say it. */
  public static String time(Instant since, Instant now) {
    Duration time = Duration.between(since, now).truncatedTo(ChronoUnit.SECONDS);
    if (time.toDays() > 0) {
      return time.toDays() + "d";
    }
    if (time.toHours() > 0) {
      return time.toHours() + "h";
    }
    return time.toMinutes() > 0 ? time.toMinutes() + "m" : Math.max(0, time.toSeconds()) + "s";
  }

  /** Names of those that keep copies. */
  public static List<PeerName> keepers(List<PeerSettings> peers) {
    return peers.stream()
        .filter(PeerSettings::keep)
        .map(peer -> new PeerName(peer.name()))
        .toList();
  }

  /** Those that are configured, then those that were and are still recorded. */
  public static List<ListedPeer> all(List<PeerSettings> configured, Catalog catalog) {
    return all(configured, catalog, catalog.copies().byPeer());
  }

  /**
   * The same, where their copies were counted before.
   *
   * @param copies by peer; counting them reads all copies
   */
  public static List<ListedPeer> all(
      List<PeerSettings> configured, Catalog catalog, Map<PeerName, CopiesOfPeer> copies) {
    List<ListedPeer> peers = new ArrayList<>();
    for (PeerSettings peer : configured) {
      if (peer.keep()) {
        PeerName name = new PeerName(peer.name());
        peers.add(
            new ListedPeer(
                peer.name(),
                peer.place().zone(),
                true,
                catalog.peers().of(name),
                copies.getOrDefault(name, CopiesOfPeer.NONE)));
      }
    }
    Set<String> names = configured.stream().map(PeerSettings::name).collect(Collectors.toSet());
    catalog.peers().all().stream()
        .filter(state -> !names.contains(state.peer().text()))
        .forEach(
            state ->
                peers.add(
                    new ListedPeer(
                        state.peer().text(),
                        state.zone(),
                        false,
                        Optional.of(state),
                        copies.getOrDefault(state.peer(), CopiesOfPeer.NONE))));
    return peers;
  }
}
