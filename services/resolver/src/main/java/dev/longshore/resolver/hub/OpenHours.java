package dev.longshore.resolver.hub;

import dev.longshore.sites.Group;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Comparator;
import java.util.Optional;

/** When sites of a group may again fetch images that no client requests. */
final class OpenHours {
  private static final String BETWEEN = "-";

  private OpenHours() {}

  /** The next time that a window begins; empty without windows. */
  static Optional<Instant> next(Group group, Instant now) {
    ZonedDateTime local = now.atZone(ZoneId.of(group.zone()));
    return group.windows().stream()
        .map(window -> LocalTime.parse(window.substring(0, window.indexOf(BETWEEN))))
        .map(from -> next(local, from))
        .min(Comparator.naturalOrder());
  }

  private static Instant next(ZonedDateTime local, LocalTime from) {
    ZonedDateTime today = local.with(from);
    return (today.isAfter(local) ? today : local.plusDays(1).with(from)).toInstant();
  }
}
