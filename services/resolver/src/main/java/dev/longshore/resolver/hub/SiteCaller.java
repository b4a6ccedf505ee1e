package dev.longshore.resolver.hub;

import dev.longshore.model.SiteName;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A site's node that calls.
 *
 * @param site the site
 * @param group name of its group in the settings
 * @param node the node's name within its site
 * @param joinedAt when the node joined, by that hub's clock
 * @param paused whether an operator paused all but requested fetches
 * @param syncAt when an operator asked to retry at once; null if not lately
 */
public record SiteCaller(
    SiteName site,
    String group,
    String node,
    Instant joinedAt,
    boolean paused,
    @Nullable Instant syncAt) {
  /** A node of a site without operator requests. */
  public SiteCaller(SiteName site, String group, String node, Instant joinedAt) {
    this(site, group, node, joinedAt, false, null);
  }
}
