package dev.longshore.resolver.site;

import dev.longshore.model.SiteName;
import dev.longshore.resolver.site.hub.Segment;
import dev.longshore.sites.End;
import dev.longshore.sites.Kind;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How far the hub's changes are applied, and so which segment may follow.
 *
 * @param cursor the last one; null at the beginning
 * @param inSnapshot whether it stands within a snapshot
 * @param at the hub's clock at the last segment; none so far
 */
record SegmentOrder(@Nullable String cursor, boolean inSnapshot, @Nullable Instant at) {
  /**
   * Why a signed segment must not be applied, if so. An answer to an earlier request has another
   * nonce. A hub of an earlier release signs none: what goes on from the cursor is believed all the
   * same, as nothing that came before begins there; a snapshot begins anywhere, so its time counts.
   *
   * @param nonce what the request sent
   */
  Optional<String> objection(SiteName site, String nonce, End end) {
    if (!end.site().equals(site)) {
      return Optional.of("it is for site " + end.site());
    }
    if (end.nonce() != null && !end.nonce().equals(nonce)) {
      return Optional.of("it answers another request");
    }
    if (begins(end)) {
      return end.nonce() == null && isOlder(end)
          ? Optional.of(
              "it is of "
                  + end.at()
                  + ", older than the last one of "
                  + at
                  + "; if the hub's clock was ahead then, update the hub, or join again")
          : Optional.empty();
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

  private boolean isOlder(End end) {
    return at != null && end.at().isBefore(at);
  }

  /**
   * Whether it may be an earlier word of a hub that signs no nonce, sent again: it leads nowhere,
   * and is not newer. It must not pass for news of the hub.
   */
  boolean saysNothing(Segment segment) {
    End end = segment.end();
    return end.nonce() == null
        && at != null
        && !end.at().isAfter(at)
        && segment.lines().isEmpty()
        && end.to().equals(cursor);
  }

  /** Whether a snapshot begins with it. */
  static boolean begins(End end) {
    return end.kind() == Kind.SNAPSHOT && end.from() == null;
  }
}
