package dev.longshore.events;

import dev.longshore.model.SiteName;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The last report of a site's node to a hub. A node may have spoken to several hubs: of its reports
 * the one of the later join counts, and of one join the one with the higher sequence. A node that
 * lost its disk joins anew, and counts from the start again.
 *
 * @param site the site
 * @param node the node's name within its site
 * @param hub instance of the resolver that it reported to
 * @param joinedAt when the node joined, by the clock of the hub at which it did
 * @param sequence number of the report since it joined, which the node counts up across restarts
 * @param version version of Longshore at the node
 * @param cursor how far the node has applied the hub's changes
 * @param reportedAt site's clock, which follows the hub's
 * @param receivedAt hub's clock
 * @param present what the node holds of what the site's rules name
 * @param behind what it is still to get
 * @param behindSince push of the oldest image that it is still to get, by the clock of whoever was
 *     told of it; none if there is none
 * @param lineBytes bytes that came over the line since the node joined
 * @param freeBytes bytes free on its disk
 * @param totalBytes bytes of its disk
 * @param counts what it does not hold, by reason
 * @param exceptions images that it does not hold, at most {@link #EXCEPTIONS}
 * @param lineRate bytes a second that came over the line lately while something came; none while
 *     that is not measured
 * @param onDemand what it holds because somebody asked for it; none of a node that did not say
 */
public record SiteState(
    SiteName site,
    String node,
    String hub,
    Instant joinedAt,
    long sequence,
    String version,
    String cursor,
    Instant reportedAt,
    Instant receivedAt,
    Amount present,
    Amount behind,
    @Nullable Instant behindSince,
    long lineBytes,
    long freeBytes,
    long totalBytes,
    List<Count> counts,
    List<Absence> exceptions,
    @Nullable Long lineRate,
    @Nullable Amount onDemand)
    implements State {
  /** Images that a report names: more are counted only, as it has to be small on a thin line. */
  public static final int EXCEPTIONS = 50;

  public SiteState {
    cursor = ForeignText.cut(cursor, ForeignText.CURSOR);
    counts = List.copyOf(counts);
    exceptions = exceptions.stream().limit(EXCEPTIONS).toList();
  }

  @Override
  public String key() {
    return key(site, node, hub);
  }

  /** {@code site/node/hub}; no slash is allowed in the names of sites and nodes. */
  public static String key(SiteName site, String node, String hub) {
    return site + "/" + node + "/" + hub;
  }

  /** So many images of so many bytes. */
  public record Amount(long images, long bytes) {}

  /** So many images of so many bytes are absent for this reason. */
  public record Count(AbsenceReason reason, long images, long bytes) {}

  /**
   * An image that the node does not hold.
   *
   * @param name key of its {@link ServedState}
   * @param reason why not
   * @param error what went wrong at the last try, if it did
   * @param nextTryAt when it is tried again, by the site's clock; none if something is waited for
   */
  public record Absence(
      String name, AbsenceReason reason, @Nullable String error, @Nullable Instant nextTryAt) {
    public Absence {
      error = ForeignText.cutIfAny(error, ForeignText.ERROR);
    }
  }
}
