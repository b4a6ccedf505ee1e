/** Authenticates sites to a hub: joining, credentials, and the keys that sign a hub's answers. */
@NullMarked
package dev.longshore.resolver.hub.access;

import org.jspecify.annotations.NullMarked;
