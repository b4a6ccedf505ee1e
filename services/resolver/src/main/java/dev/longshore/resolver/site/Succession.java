package dev.longshore.resolver.site;

import dev.longshore.model.SiteName;
import dev.longshore.sites.End;
import dev.longshore.sites.Kind;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How far the hub's changes are applied, and so which segment may follow.
 *
 * @param cursor the last one; none at the beginning
 * @param inSnapshot whether it stands within a snapshot
 * @param at the hub's clock at the last segment; none so far
 */
record Succession(@Nullable String cursor, boolean inSnapshot, @Nullable Instant at) {
  /** Why a signed segment must not be applied, if so. */
  Optional<String> objection(SiteName site, End end) {
    if (!end.site().equals(site)) {
      return Optional.of("it is for site " + end.site());
    }
    if (at != null && end.at().isBefore(at)) {
      return Optional.of(
          "it is of "
              + end.at()
              + ", older than the last one of "
              + at
              + "; if the hub's clock was ahead then, join again");
    }
    if (begins(end)) {
      return Optional.empty();
    }
    if (!Objects.equals(end.from(), cursor) || cursor == null) {
      return Optional.of("it does not begin where this site is");
    }
    if ((end.kind() == Kind.SNAPSHOT) != inSnapshot) {
      return Optional.of(
          inSnapshot ? "it leaves a snapshot unfinished" : "its snapshot has no beginning");
    }
    return Optional.empty();
  }

  /** Whether a snapshot begins with it. */
  static boolean begins(End end) {
    return end.kind() == Kind.SNAPSHOT && end.from() == null;
  }
}
