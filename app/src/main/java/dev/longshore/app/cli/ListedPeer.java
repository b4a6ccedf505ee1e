package dev.longshore.app.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.app.query.find.Sizes;
import dev.longshore.catalog.CopiesOfPeer;
import dev.longshore.events.PeerPhase;
import dev.longshore.events.PeerState;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;

/**
 * A peer as {@code peer list} shows it.
 *
 * @param configured whether the settings still have it
 * @param state what the pinner recorded of it; none until it first did
 * @param copies what it has
 */
record ListedPeer(
    String name, String zone, boolean configured, Optional<PeerState> state, CopiesOfPeer copies) {
  String line(Instant now) {
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

  void put(ObjectNode node) {
    node.put("copies", copies.copies()).put("bytes", copies.bytes());
    node.put("name", name).put("zone", zone).put("configured", configured);
    state.ifPresent(
        known -> {
          node.put("state", text(known.state()));
          node.put("since", known.stateSince().toString());
          node.put("peerId", known.peerId());
          known.addresses().forEach(node.withArray("addresses")::add);
          node.put("unknownPins", known.unknownPins() == null ? 0 : known.unknownPins());
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
  static String time(Instant since, Instant now) {
    Duration time = Duration.between(since, now).truncatedTo(ChronoUnit.SECONDS);
    if (time.toDays() > 0) {
      return time.toDays() + "d";
    }
    if (time.toHours() > 0) {
      return time.toHours() + "h";
    }
    return time.toMinutes() > 0 ? time.toMinutes() + "m" : Math.max(0, time.toSeconds()) + "s";
  }
}
