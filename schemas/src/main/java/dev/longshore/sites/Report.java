package dev.longshore.sites;

import dev.longshore.events.SiteState.Absence;
import dev.longshore.events.SiteState.Amount;
import dev.longshore.events.SiteState.Count;
import dev.longshore.model.Digest;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a node says of itself, in the body of its request for changes. Its hub makes a {@link
 * dev.longshore.events.SiteState} of it, and pulls of its digests.
 *
 * @param node the node's name within its site
 * @param sequence number of the report since the node joined, from 1
 * @param version version of Longshore at the node
 * @param cursor how far the node has applied the hub's changes; none so far
 * @param reportedAt site's clock, which follows the hub's
 * @param present what the node holds of what the site's rules name
 * @param behind what it is still to get
 * @param behindSince push of the oldest image that it is still to get; none if there is none
 * @param lineBytes bytes that came over the line since the node joined
 * @param freeBytes bytes free on its disk
 * @param totalBytes bytes of its disk
 * @param counts what it does not hold, by reason
 * @param exceptions images that it does not hold, the worst first, at most 50
 * @param pulled source digests that were pulled there since the last report that arrived, at most
 *     {@link #PULLED}; the others follow
 * @param lineRate bytes a second that came over the line lately while something came; none while
 *     that is not measured
 * @param onDemand what it holds because somebody asked for it; none of a node that cannot say
 * @param missed names with a tag that somebody asked for there, in repositories of the site's
 *     rules, and that the site does not know, at most {@link #MISSED}; the others follow
 */
public record Report(
    String node,
    long sequence,
    String version,
    @Nullable String cursor,
    Instant reportedAt,
    Amount present,
    Amount behind,
    @Nullable Instant behindSince,
    long lineBytes,
    long freeBytes,
    long totalBytes,
    List<Count> counts,
    List<Absence> exceptions,
    List<Digest> pulled,
    @Nullable Long lineRate,
    @Nullable Amount onDemand,
    List<String> missed) {
  /** Names in one report. */
  public static final int MISSED = 20;

  /** Digests in one report, which has to be small on a thin line. */
  public static final int PULLED = 50;

  public Report {
    counts = List.copyOf(counts);
    exceptions = List.copyOf(exceptions);
    pulled = List.copyOf(pulled);
    missed = List.copyOf(missed);
  }
}
