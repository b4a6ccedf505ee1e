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
 * @param joinedAt when the node joined, by the clock of the hub at which it did
 * @param paused whether people asked that the site fetch nothing that nobody asks for
 * @param syncAt when people asked that it try at once what waits; none if not lately
 */
public record SiteCaller(
    SiteName site,
    String group,
    String node,
    Instant joinedAt,
    boolean paused,
    @Nullable Instant syncAt) {
  /** One of whose site nobody asked anything. */
  public SiteCaller(SiteName site, String group, String node, Instant joinedAt) {
    this(site, group, node, joinedAt, false, null);
  }
}
