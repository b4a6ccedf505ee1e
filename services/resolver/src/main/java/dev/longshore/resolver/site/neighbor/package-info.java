/** Sharing among the nodes of one site: discovery, who fetches, and what they serve. */
@NullMarked
package dev.longshore.resolver.site.neighbor;

import org.jspecify.annotations.NullMarked;
