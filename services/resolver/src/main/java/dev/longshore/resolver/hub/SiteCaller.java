package dev.longshore.resolver.hub;

import dev.longshore.model.SiteName;
import java.time.Instant;

/**
 * A site's node that calls.
 *
 * @param site the site
 * @param group name of its group in the settings
 * @param node the node's name within its site
 * @param joinedAt when the node joined, by the clock of the hub at which it did
 */
public record SiteCaller(SiteName site, String group, String node, Instant joinedAt) {}
